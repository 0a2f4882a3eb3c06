import { expect, it } from 'vitest'
import { fixture, run } from './prepare.ts'

/** Of an application that starts Throughline as it is imported, and one whose components are given a test tracker. */
export const jestCases = () =>
  it('Jest with jsdom: an application’s tests run, and end by themselves', () => {
    const said = run(fixture('unit-tests'), process.execPath, [
      'node_modules/jest/bin/jest.js',
      '--ci',
      '--silent',
    ])
    expect(said).toMatch(/^Tests: +2 passed, 2 total$/m)
    expect(said).not.toMatch(/did not exit|failed to exit|open handles/)
  })

export const vitestCases = () =>
  it.each(['jsdom', 'happy-dom'])('Vitest with %s: an application’s tests run', (environment) => {
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--silent', '--environment', environment]
    const said = run(fixture('unit-tests'), process.execPath, args, { NO_COLOR: '1' })
    expect(said).toMatch(/^ +Tests +2 passed \(2\)$/m)
    expect(said).not.toMatch(/Unhandled/)
  })
