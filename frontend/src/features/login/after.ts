/** Where to go after signing in: back to the page that asked, if it is one of ours. */
export function afterSignIn(to: unknown): string {
  if (typeof to !== 'string' || !to.startsWith('/') || to.startsWith('//') || to.startsWith('/login')) return '/'
  return to
}
