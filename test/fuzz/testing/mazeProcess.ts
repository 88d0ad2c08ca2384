import { Random } from '../../sim/random.ts';
import { CoverageMeter } from '../coverage.ts';
import { searchGuided } from '../guided.ts';
import { mazeReader } from './maze.ts';

/** Looks for the way through the maze, led by nothing (`blind`) or by the coverage; prints how many inputs got through. */
const [led = '', seed = '1'] = process.argv.slice(2);
const meter = new CoverageMeter((url) => led !== 'blind' && url.endsWith('/maze.ts'));
const outcome = searchGuided(mazeReader(), meter, { runs: 150_000, random: new Random(Number(seed)), corpus: [] });
console.log((await outcome.catch(() => ({ taken: 0 }))).taken);
