/** An encrypted scalar (`!vault`, `!vault-encrypted`), kept as the text that was written; decrypting is another room's work. */
export class VaultScalar {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
