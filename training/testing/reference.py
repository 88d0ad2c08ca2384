"""The run that vectors.test.ts freezes, in a second implementation: run it and compare the hashes.

Needs nothing but Python 3. Numbers are doubles, rounded to float32 after each operation by packing them.
"""
import hashlib
import math
import struct

FEATURES, HIDDEN, CLASSES, BATCH, STEPS, RECORDS, RUN_ID = 12, 8, 3, 8, 20, 40, 7
SEED = bytes((i * 37 + 11) & 255 for i in range(32))
KEY = struct.unpack("<II", SEED[:8])
DATA_KEY = (2026, 11)
WEIGHTS, ORDER = 0, 1
MASK = 0xFFFFFFFF


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def pack(values):
    return struct.pack(f"<{len(values)}f", *values)


def sha(data):
    return hashlib.sha256(data).digest()


def tree(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\1" + tree(leaves[:split]) + tree(leaves[split:]))


def content_root(data):
    return tree([sha(b"\0" + data[i : i + 1024]) for i in range(0, len(data), 1024)])


def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & MASK, (p >> 32) ^ c[3] ^ k[1], p & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def word(key, purpose, step, layer, element):
    return philox([element // 4, layer, step, purpose], key)[element % 4]


def unit_float(w):
    return (w >> 8) / 2**24


def permute(epoch, size, position):
    side = math.isqrt(size - 1) + 1
    while True:
        left, right = divmod(position, side)
        for i in range(8):
            left, right = right, (left + philox([right, i, epoch, ORDER], KEY)[0]) % side
        position = left * side + right
        if position < size:
            return position


LN2_HIGH = 0.693359375
LN2_LOW = f32(math.log(2) - LN2_HIGH)


def horner(coefficients, x):
    total = 0.0
    for c in coefficients:
        total = f32(f32(total * x) + f32(c))
    return total


def exp32(x):
    n = math.floor(f32(f32(x * f32(1.4426950408889634)) + 0.5))
    r = f32(f32(x - f32(n * LN2_HIGH)) - f32(n * LN2_LOW))
    return f32(horner([1 / math.factorial(k) for k in range(7, -1, -1)], r) * 2.0**n)


def log32(x):
    mantissa, exponent, root = x, 0, f32(math.sqrt(2))
    while mantissa >= root:
        mantissa, exponent = mantissa / 2, exponent + 1
    while mantissa < root / 2:
        mantissa, exponent = mantissa * 2, exponent - 1
    y = f32(mantissa - 1)
    s = f32(y / f32(2 + y))
    log_mantissa = f32(s * horner([2 / 9, 2 / 7, 2 / 5, 2 / 3, 2], f32(s * s)))
    return f32(f32(exponent * LN2_HIGH) + f32(log_mantissa + f32(exponent * LN2_LOW)))


def dot(a, b):
    total = 0.0
    for x, y in zip(a, b):
        total = f32(total + f32(x * y))
    return total


def add(values):
    return dot(values, [1.0] * len(values))


def columns(matrix):
    return [list(column) for column in zip(*matrix)]


def make_records():
    records = []
    for row in range(RECORDS):
        label = word(DATA_KEY, ORDER, 0, row, 0) % CLASSES
        noise = [unit_float(word(DATA_KEY, ORDER, 1, row, col)) for col in range(FEATURES)]
        lit = [f32(v + (0.5 if col % CLASSES == label else 0)) for col, v in enumerate(noise)]
        records.append(lit + [float(label)])
    return records


def initial_parameters():
    parameters = []
    for index, (rows, cols) in enumerate([(FEATURES, HIDDEN), (1, HIDDEN), (HIDDEN, CLASSES), (1, CLASSES)]):
        limit = f32(math.sqrt(f32(6 / (rows + cols))))
        drawn = (word(KEY, WEIGHTS, 0, index, element) for element in range(rows * cols))
        parameters.append([f32((2 * unit_float(w) - 1) * limit) if rows > 1 else 0.0 for w in drawn])
    return parameters


def gather(records, step):
    per_epoch = RECORDS // BATCH
    first = (step % per_epoch) * BATCH
    rows = [records[permute(step // per_epoch, RECORDS, first + i)] for i in range(BATCH)]
    return [row[:FEATURES] for row in rows], [row[FEATURES] for row in rows]


def train_step(parameters, x, labels):
    w1, b1, w2, b2 = parameters
    hidden = [[f32(dot(row, w1[j::HIDDEN]) + b1[j]) for j in range(HIDDEN)] for row in x]
    active = [[v if v > 0 else 0.0 for v in row] for row in hidden]
    logits = [[f32(dot(row, w2[j::CLASSES]) + b2[j]) for j in range(CLASSES)] for row in active]
    d_logits, losses = [], []
    for row, label in zip(logits, labels):
        shifted = [f32(z - max(row)) for z in row]
        exponentials = [exp32(z) for z in shifted]
        total = add(exponentials)
        onehot = [1 if label == j else 0 for j in range(CLASSES)]
        d_logits.append([f32(f32(f32(e / total) - o) / BATCH) for e, o in zip(exponentials, onehot)])
        losses.append(f32(log32(total) - shifted[int(label)]))
    d_active = [[dot(d, w2[k * CLASSES : (k + 1) * CLASSES]) for k in range(HIDDEN)] for d in d_logits]
    d_hidden = [[g if v > 0 else 0.0 for g, v in zip(gs, vs)] for gs, vs in zip(d_active, hidden)]
    gradients = []
    for inputs, outputs in ((x, d_hidden), (active, d_logits)):
        gradients.append([dot(a, d) for a in columns(inputs) for d in columns(outputs)])
        gradients.append([add(d) for d in columns(outputs)])
    rate = f32(0.1)
    updated = [[f32(w - f32(rate * g)) for w, g in zip(ws, gs)] for ws, gs in zip(parameters, gradients)]
    return updated, f32(add(losses) / BATCH)


def state_bytes(parameters):
    return b"".join(pack(values) for values in parameters)


def batch_digest(x, labels):
    padded = b"".join(pack(row + [0.0] * (16 - FEATURES)) for row in x)
    return tree([sha(b"\0" + content_root(padded)), sha(b"\0" + content_root(pack(labels)))])


def main():
    records = make_records()
    print("data            ", content_root(b"".join(pack(row) for row in records)).hex())
    parameters = initial_parameters()
    print("initialWeights  ", sha(state_bytes(parameters)).hex())
    leaves, losses = [(content_root(state_bytes(parameters)), sha(b""))], []
    for step in range(STEPS):
        x, labels = gather(records, step)
        parameters, loss = train_step(parameters, x, labels)
        losses.append(loss)
        leaves.append((content_root(state_bytes(parameters)), batch_digest(x, labels)))
    print("finalWeights    ", sha(state_bytes(parameters)).hex())
    print("losses          ", sha(pack(losses)).hex())
    print("finalStateRoot  ", leaves[-1][0].hex())
    print("finalBatchDigest", leaves[-1][1].hex())
    u64 = lambda value: value.to_bytes(8, "big")
    hashes = [sha(b"\0" + u64(RUN_ID) + u64(t) + state + batch) for t, (state, batch) in enumerate(leaves)]
    print("leaf20          ", hashes[-1].hex())
    print("stepRoot        ", sha(b"\2" + u64(len(hashes)) + tree(hashes)).hex())


main()
