import { build } from 'esbuild'

/** Bundles a file, and what it imports, as text for a `<script>` in a page. */
export async function oneScript(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    conditions: ['production', 'module'],
    tsconfigRaw: {},
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0]!.text.replaceAll('</script', '<\\/script')
}
