// What `throughline init` proposes for pages that nothing bundles, served as it is, in a real browser.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { CHROMIUM_FLAGS, chromiumPath } from '../scripts/chromium.ts'
import { openSite } from './page-life/site.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

it('the two files and the two tags make a funnel of HTML files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-init-'))
  writeFileSync(join(folder, 'package.json'), '{}')
  for (const name of ['cart', 'payment', 'thanks']) writeFileSync(join(folder, `${name}.html`), '')
  const cli = join(root, 'packages/analysis/dist/cli.js')
  const said = execFileSync(process.execPath, [cli, 'init', '--write'], { cwd: folder, encoding: 'utf8' })
  const tags = said.match(/<script .*<\/script>/g)!.join('')
  const script = /defer src="([^"]+)"/.exec(tags)![1]!
  const files: Record<string, string> = {
    [script]: readFileSync(join(root, script.replace(/^.*core\//, 'packages/core/')), 'utf8'),
    '/journeys.js': readFileSync(join(folder, 'journeys.js'), 'utf8'),
    // `throughline dev` would take it.
    '/start-throughline.js': readFileSync(join(folder, 'start-throughline.js'), 'utf8').replace(
      'http://127.0.0.1:4318',
      '/otlp',
    ),
  }
  const site = await openSite({
    page: () => `<!doctype html><title>shop</title><link rel="icon" href="data:,">${tags}<h1>shop</h1>`,
    answer(request, response) {
      const text = files[request.url!]
      if (text) response.writeHead(200, { 'content-type': 'text/javascript' }).end(text)
      return text !== undefined
    },
  })
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_FLAGS })
  try {
    const page = await browser.newPage()
    for (const name of ['cart', 'payment', 'thanks']) {
      await page.goto(`${site.url}/${name}.html`)
      await page.waitForFunction(
        `sessionStorage.getItem('throughline')?.includes('${name === 'thanks' ? 'confirmation' : name}')`,
      )
    }
    await page.goto('about:blank')
    await vi.waitFor(() => expect(site.spans('throughline.run.end')).toHaveLength(1), { timeout: 30_000 })
    const entered = site
      .spans('throughline.step.enter')
      .map(({ attributes }) => attributes['throughline.step.name'])
    expect(entered).toEqual(['cart', 'payment', 'confirmation'])
  } finally {
    await browser.close()
    await site.close()
    rmSync(folder, { recursive: true })
  }
})
