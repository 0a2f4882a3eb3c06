import { expect, test } from 'vitest'
import { between, change, count, duration, money, odds, percent, points, probability } from './format'

test.each([
  [0, '0 %'],
  [-0, '0 %'],
  [1, '100 %'],
  [0.12345, '12.3 %'],
  [0.000123, '0.012 %'],
  [0.000000001, '<0.001 %'],
  [0.99999, '>99.9 %'],
  [25.5, '2,550 %'],
  [-0.05, '−5.0 %'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('percent of %d', (share, text) => {
  expect(percent(share)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [0.42, '<1 ms'],
  [842.4, '842 ms'],
  [999.6, '1 s'],
  [2040, '2.04 s'],
  [59_960, '1 min'],
  [184_000, '3 min 4 s'],
  [7_500_000, '2 h 5 min'],
  [180_000_000, '2 d 2 h'],
])('duration of %d', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('counts, changes and odds', () => {
  expect(count(1234567)).toBe('1,234,567')
  expect(count(4e12)).toBe('4T')
  expect(count(-0.3)).toBe('0')
  expect(change(0.1)).toBe('+10.0 %')
  expect(change(0)).toBe('0 %')
  expect(points(-0.0335)).toBe('−3.35 points')
  expect(odds(0.6)).toBe('0.60')
  expect(odds(1e9)).toBe('over 100')
  expect(probability(0.00002)).toBe('p < 0.0001')
  expect(probability(Number.NaN)).toBe('p = –')
})

test('money in a currency that is known, and in one that is not', () => {
  expect(money(12.5, 'EUR')).toBe('€12.50')
  expect(money(141_948.1, 'EUR')).toBe('€141,948')
  expect(money(-12_000, 'USD')).toBe('−$12,000')
  expect(money(3, 'beads\u001b[31m')).toBe('3 beads [31m')
})

test('an interval says its unit once, where that is clear', () => {
  expect(between({ value: 0, low: 0.031, high: 0.045 }, percent)).toBe('3.1 to 4.5 %')
  expect(between({ value: 0, low: 800, high: 1200 }, duration)).toBe('800 ms to 1.2 s')
  expect(between({ value: 0, low: 64_000, high: 124_000 }, duration)).toBe('1 min 4 s to 2 min 4 s')
})
