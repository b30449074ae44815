/** A mail as it is handed over. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets. The same for each copy of the same mail. */
  readonly messageId: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly filename: string;
  /** Such as `application/pdf`. */
  readonly type: string;
  readonly content: Uint8Array;
}

export interface MailTransport {
  /**
   * Resolves when somebody else is responsible for the mail, within a minute.
   * @throws MailRefused where it was refused for good; any other error: another try may succeed.
   */
  send(letter: Letter): Promise<void>;
}

/** The mail was refused, and will be again: no such mailbox, or no address. */
export class MailRefused extends Error {}
