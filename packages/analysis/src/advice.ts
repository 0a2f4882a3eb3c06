/** Something that the user can put right. The command line shows its message in one line, without a stack. */
export class Advice extends Error {
  override readonly name = 'Advice'
}
