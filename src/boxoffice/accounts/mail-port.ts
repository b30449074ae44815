/** A mail to one person. Plain text: whoever reads it needs nothing else. */
export interface MailMessage {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface Mail {
  /** Resolves when the mail is where it cannot be lost. Rejects where it was not taken; then nobody gets it. */
  send(message: MailMessage): Promise<void>;
}
