/**
 * Whether a notice may say that a commit is on this server only. A wait for a synchronous standby that is cancelled ends as a
 * success with a warning: "The transaction has already committed locally, but might not have been replicated to the
 * standby." The text depends on `lc_messages`; the code is that of every plain warning (01000), and none of our statements
 * gives another one.
 */
export function isUnconfirmedCommit(notice: { readonly code?: string | undefined }): boolean {
  return notice.code === '01000';
}
