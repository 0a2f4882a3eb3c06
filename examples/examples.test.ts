import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// What holds for every example that is no workspace, without installing it.

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
const versionOf = (part: string) => JSON.parse(read(`../packages/${part}/package.json`)).version as string
const { workspaces } = JSON.parse(read('../package.json')) as { workspaces: string[] }
const examples = globSync('*/package.json', { cwd: import.meta.dirname })
  .map((path) => path.split('/')[0]!)
  .sort()
const alone = examples.filter((name) => !workspaces.includes(`examples/${name}`))

it('the table names every example', () => {
  const named = [...read('README.md').matchAll(/^\| \[([\w-]+)\]\(\1\) \|/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual(examples)
})

it('some are no workspaces: an install of the repository stays small', () => {
  expect(alone.length).toBeGreaterThan(10)
})

describe.each(alone)('%s', (name) => {
  const manifest = JSON.parse(read(`${name}/package.json`))

  it('is developed, built and started by its own tool', () => {
    // One HTML file needs no tool that builds it.
    const wanted = manifest.devDependencies ? ['dev', 'build', 'start'] : ['dev', 'start']
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(wanted))
  })

  it('says how it is run, and how to see that it works', () => {
    const text = read(`${name}/README.md`)
    expect(text).toContain(`\`npm run example ${name}\``)
    expect(text).toContain('\n## How to see that it works\n')
    expect(existsSync(join(import.meta.dirname, name, 'throughline.config.ts'))).toBe(true)
  })

  it('asks for our packages in the versions that the repository has, as its lock file does', () => {
    const { packages } = JSON.parse(read(`${name}/package-lock.json`))
    expect(packages[''].dependencies).toEqual(manifest.dependencies)
    const ours = Object.entries<string>(manifest.dependencies).filter(([of]) =>
      of.startsWith('@throughline/'),
    )
    expect(ours.length).toBeGreaterThan(0)
    for (const [of, range] of ours) {
      const version = versionOf(of.split('/')[1]!)
      expect([of, range, packages[`node_modules/${of}`].version]).toEqual([of, `^${version}`, version])
    }
  })

  it('has a lock file without addresses', () => {
    expect(read(`${name}/package-lock.json`)).not.toMatch(/"resolved"|\.tgz/)
  })
})
