/** The first import of every program: without it an older Node would fail later and obscurely, or silently do nothing. */
const needed = 24;

if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(`This program needs Node ${needed} or newer; here it runs on ${process.versions.node}.\n`);
  process.exit(1);
}

export {};
