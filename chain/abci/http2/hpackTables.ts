/** Name and value of a header field, in small letters and as sent. */
export type HeaderField = readonly [name: string, value: string];

/** The static table of HPACK in its order (RFC 7541, appendix A): a name, and a value where the entry has one. */
const staticEntries = `
  :authority
  :method GET
  :method POST
  :path /
  :path /index.html
  :scheme http
  :scheme https
  :status 200
  :status 204
  :status 206
  :status 304
  :status 400
  :status 404
  :status 500
  accept-charset
  accept-encoding gzip, deflate
  accept-language
  accept-ranges
  accept
  access-control-allow-origin
  age
  allow
  authorization
  cache-control
  content-disposition
  content-encoding
  content-language
  content-length
  content-location
  content-range
  content-type
  cookie
  date
  etag
  expect
  expires
  from
  host
  if-match
  if-modified-since
  if-none-match
  if-range
  if-unmodified-since
  last-modified
  link
  location
  max-forwards
  proxy-authenticate
  proxy-authorization
  range
  referer
  refresh
  retry-after
  server
  set-cookie
  strict-transport-security
  transfer-encoding
  user-agent
  vary
  via
  www-authenticate
`;

/** Entry `index - 1` has the index `index`. */
export const staticTable: readonly HeaderField[] = staticEntries
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', ...value] = line.trim().split(' ');
    return [name, value.join(' ')];
  });

/** Which symbols have a code of so many bits (RFC 7541, appendix B); 256 ends a string. */
const symbolsByLength: readonly (readonly [bits: number, symbols: string])[] = [
  [5, '48-50 97 99 101 105 111 115-116'],
  [6, '32 37 45-47 51-57 61 65 95 98 100 102-104 108-110 112 114 117'],
  [7, '58 66-87 89 106-107 113 118-122'],
  [8, '38 42 44 59 88 90'],
  [10, '33-34 40-41 63'],
  [11, '39 43 124'],
  [12, '35 62'],
  [13, '0 36 64 91 93 126'],
  [14, '94 125'],
  [15, '60 96 123'],
  [19, '92 195 208'],
  [20, '128 130-131 162 184 194 224 226'],
  [21, '153 161 167 172 176-177 179 209 216-217 227 229-230'],
  [22, '129 132-134 136 146 154 156 160 163-164 169-170 173 178 181 185-187 189-190 196 198 228 232-233'],
  [23, '1 135 137-141 143 147 149-152 155 157-158 165-166 168 174-175 180 182-183 188 191 197 231 239'],
  [24, '9 142 144-145 148 159 171 206 215 225 236-237'],
  [25, '199 207 234-235'],
  [26, '192-193 200-202 205 210 213 218-219 238 240 242-243 255'],
  [27, '203-204 211-212 214 221-223 241 244-248 250-254'],
  [28, '2-8 11-12 14-21 23-31 127 220 249'],
  [30, '10 13 22 256'],
];

/** The codes of one length: consecutive numbers from `first` on, one for each of `symbols`. */
export interface CodesOfLength {
  readonly bits: number;
  readonly first: number;
  readonly symbols: readonly number[];
}

/** The code is canonical: within a length codes count up, and a longer one goes on behind the last shorter one. */
export const huffmanCodes: readonly CodesOfLength[] = canonicalCodes();

function canonicalCodes(): CodesOfLength[] {
  let next = 0;
  let before = 0;
  return symbolsByLength.map(([bits, list]) => {
    const symbols = list.split(' ').flatMap(symbolsOf);
    const first = next * 2 ** (bits - before);
    next = first + symbols.length;
    before = bits;
    return { bits, first, symbols };
  });
}

function symbolsOf(range: string): number[] {
  const [from = 0, to = from] = range.split('-').map(Number);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
