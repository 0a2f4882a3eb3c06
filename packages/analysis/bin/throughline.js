#!/usr/bin/env node
// npm links a command when it installs, and in a clone what is built is not there yet.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 12)) import('../dist/cli.js')
else {
  process.stderr.write(`throughline: needs Node 22.12 or later, and this is ${process.versions.node}\n`)
  process.exitCode = 1
}
