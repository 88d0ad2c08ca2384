export { addBias, addInto, columnSums, firstNonFinite, relu, reluGradient } from './elements';
export { multiplyColumns, multiplyRows } from './multiply';
export { packColumns, packTransposed } from './pack';
export { gather } from './patches';
