import type { Proposal } from './addresses'
import type { Project } from './project'

/** The definitions, for all sides. */
export const definitionsFile = (
  constant: string,
  { name, steps, isFound }: Proposal,
  note: string,
) => `import { defineJourney } from '@throughline/core'

${isFound ? '' : note}export const ${constant} = defineJourney('${name}', {
  version: '1',
  steps: [
${steps.map((step) => `    { name: '${step.name}', at: '${step.at}' },`).join('\n')}
  ],
  converts: '${steps.at(-1)!.name}',
})
`

/** Where a project's own modules are. */
export const homeOf = ({ uses, files }: Project) =>
  files.some((file) => file.startsWith('src/')) ? 'src/' : uses.has('@react-router/dev') ? 'app/' : ''
