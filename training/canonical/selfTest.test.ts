import { afterEach, expect, it } from 'vitest';
import { probe, selfTest } from './selfTest.ts';

afterEach(() => {
  Reflect.deleteProperty(globalThis, '_tfengine');
});

it('lets a process with exact float32 start', () => {
  expect(selfTest).not.toThrow();
});

it('looks at denormals and signed zeros, and at nothing that is not finite', () => {
  const values = probe();
  expect(values.every(Number.isFinite)).toBe(true);
  expect(values.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126).length).toBeGreaterThan(20);
  expect(values.some((value) => Object.is(value, -0))).toBe(true);
});

it('refuses a process that has loaded TensorFlow.js', () => {
  Reflect.set(globalThis, '_tfengine', {});
  expect(selfTest).toThrow('TensorFlow.js is loaded');
});
