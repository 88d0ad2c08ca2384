import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, test, vi } from 'vitest';
import { ArtifactMismatch, ArtifactUnavailable, download } from './download.ts';

const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
const servers: Server[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that speaks as much of S3 as a download asks for, named by the environment as a real one would be. */
async function serve(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : '';
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
}

const uri = 's3://bucket/folder/artifact%201';
const error = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;

test('an object is asked for by bucket and key, signed with the keys of the environment', async () => {
  const seen: (string | undefined)[] = [];
  await serve((request, response) => {
    seen.push(request.url, request.headers.authorization?.split(' ')[0]);
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  expect(await download([uri], { maxBytes: 5000 })).toEqual(bytes);
  expect(seen).toEqual(['/bucket/folder/artifact%201?x-id=GetObject', 'AWS4-HMAC-SHA256']);
});

test('without any keys nothing is signed: public buckets can be read', async () => {
  let authorization: string | undefined = 'none seen';
  await serve((request, response) => {
    authorization = request.headers.authorization;
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE']) vi.stubEnv(name, '');
  expect(await download([uri], { maxBytes: 5000 })).toEqual(bytes);
  expect(authorization).toBeUndefined();
});

test('a transfer that broke goes on where it stopped', async () => {
  const ranges: (string | undefined)[] = [];
  await serve((request, response) => {
    ranges.push(request.headers.range);
    if (request.headers.range === undefined) {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 2000));
      setTimeout(() => response.destroy(), 100);
      return;
    }
    const headers = { 'content-range': 'bytes 2000-4999/5000', 'content-length': 3000 };
    response.writeHead(206, headers).end(bytes.subarray(2000));
  });
  expect(await download([uri], { maxBytes: 5000 })).toEqual(bytes);
  expect(ranges).toEqual([undefined, 'bytes=2000-']);
});

test('what is refused or not there is unavailable, with the name that S3 gives it', async () => {
  await serve((_request, response) => void response.writeHead(404).end(error('NoSuchKey')));
  const failure = download([uri], { maxBytes: 5000, attempts: 1 });
  await expect(failure).rejects.toThrow(ArtifactUnavailable);
  await expect(failure).rejects.toThrow('S3 answered NoSuchKey (HTTP status 404)');
});

test('other bytes, and more bytes than expected, are no artifact', async () => {
  await serve((_request, response) => void response.end(randomBytes(5000)));
  const isRight = (received: Uint8Array) => Buffer.compare(received, bytes) === 0;
  await expect(download([uri], { maxBytes: 5000, attempts: 1, isRight })).rejects.toThrow(ArtifactMismatch);
  await expect(download([uri], { maxBytes: 4999, attempts: 1 })).rejects.toThrow('more than 4999 bytes');
});

test('a server that stalls, before or within an object, is given up', async () => {
  const options = { maxBytes: 5000, stallMs: 200, attempts: 1 };
  await serve(() => {});
  await expect(download([uri], options)).rejects.toThrow(ArtifactUnavailable);
  await serve(
    (_request, response) => void response.writeHead(200, { 'content-length': 5000 }).write(bytes.subarray(9)),
  );
  await expect(download([uri], options)).rejects.toThrow(ArtifactUnavailable);
});

test('an address without a bucket or a key is none', async () => {
  await expect(download(['s3://bucket/'], { maxBytes: 5, attempts: 1 })).rejects.toThrow('s3://bucket/key');
});

/** Set to the address of any S3 server (MinIO, moto ...) with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
const foreign = process.env.TEST_S3_ENDPOINT;
test.skipIf(foreign === undefined)(
  'an S3 server of somebody else serves whole objects, the rest of one, and its refusals',
  async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', foreign);
    const client = new S3Client({ forcePathStyle: true, region: 'us-east-1' });
    const Bucket = `infinet-${randomBytes(6).toString('hex')}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'artifact', Body: bytes }));
    expect(await download([`s3://${Bucket}/artifact`], { maxBytes: 5000 })).toEqual(bytes);
    await expect(download([`s3://${Bucket}/nothing`], { maxBytes: 5000, attempts: 1 })).rejects.toThrow('NoSuchKey');

    // Before the same server stands one that breaks the first answer in the middle.
    let requests = 0;
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    await serve(async (request, response) => {
      requests++;
      const range = request.headers.range;
      const { Body, ContentRange } = await client.send(new GetObjectCommand({ Bucket, Key: 'artifact', Range: range }));
      const body = (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      if (range !== undefined) response.writeHead(206, { 'content-range': ContentRange }).end(body);
      else {
        response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 1234));
        setTimeout(() => response.destroy(), 100);
      }
    });
    expect(await download([`s3://${Bucket}/artifact`], { maxBytes: 5000 })).toEqual(bytes);
    expect(requests).toBe(2);
    client.destroy();
  },
);
