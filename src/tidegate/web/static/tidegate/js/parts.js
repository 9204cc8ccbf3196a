// Parts of pages, as the server draws them.

/** The elements of a part; null where none came. Who is signed out meanwhile is sent to sign in. */
export async function fetchElements(address, signal) {
  try {
    const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
    const answer = await fetch(address, { signal, headers });
    const signIn = answer.headers.get("HX-Redirect");
    if (signIn) location.assign(signIn);
    if (!answer.ok) return null;
    return [...new DOMParser().parseFromString(await answer.text(), "text/html").body.children];
  } catch {
    return null;
  }
}
