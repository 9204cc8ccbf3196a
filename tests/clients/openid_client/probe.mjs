// Everything that openid-client does with a tenant's authorization server. It checks most by itself, and throws.
//
// What comes out is written to standard output, a line of JSON each: {"person": address, "code": ...} asks for
// somebody with a browser, whose way back is read from standard input; {"told": {...}} is the end.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CALLBACK } = process.env;
const GRAPH = "https://graph.microsoft.com/.default";
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function sendPerson(address, code = "") {
  console.log(JSON.stringify({ person: address, code }));
  return (await answers.next()).value;
}

// Signatures are not asked for by the standard where TLS already proves who answers; this asks for them.
function discover(authentication, issuer = ISSUER) {
  const checks = { execute: [client.enableNonRepudiationChecks] };
  return client.discovery(new URL(issuer), CLIENT_ID, undefined, authentication, checks);
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error.error ?? error.code;
  }
  return null;
}

async function authorize(server, scope) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedNonce = client.randomNonce();
  const expectedState = client.randomState();
  const address = client.buildAuthorizationUrl(server, {
    redirect_uri: CALLBACK,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    nonce: expectedNonce,
    state: expectedState,
  });
  const cameBack = new URL(await sendPerson(address.href));
  return { cameBack, checks: { pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true } };
}

async function signIn(server) {
  const scope = "openid profile email offline_access User.Read";
  const { cameBack, checks } = await authorize(server, scope);
  const tokens = await client.authorizationCodeGrant(server, cameBack, checks);
  const again = await refusal(client.authorizationCodeGrant(server, cameBack, checks));
  const other = await authorize(server, scope);
  const wrong = { ...other.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  const foreign = await refusal(client.authorizationCodeGrant(server, other.cameBack, wrong));
  return { tokens, refused: { again, foreign } };
}

async function refresh(server, tokens) {
  const fresh = await client.refreshTokenGrant(server, tokens.refresh_token);
  return {
    isNew: fresh.access_token !== tokens.access_token,
    subject: fresh.claims().sub,
    refused: await refusal(client.refreshTokenGrant(server, "0.AXwrong")),
  };
}

async function askForItself(authentication) {
  const tokens = await client.clientCredentialsGrant(await discover(authentication), { scope: GRAPH });
  return { type: tokens.token_type, seconds: tokens.expiresIn() };
}

async function useDevice() {
  const server = await discover(client.None());
  const started = await client.initiateDeviceAuthorization(server, { scope: "openid offline_access" });
  await sendPerson(started.verification_uri, started.user_code);
  const tokens = await client.pollDeviceAuthorizationGrant(server, started);
  return { seconds: started.expires_in, tenant: tokens.claims().tid, canRefresh: Boolean(tokens.refresh_token) };
}

const server = await discover(client.ClientSecretPost(CLIENT_SECRET));
const { tokens, refused } = await signIn(server);
const claims = tokens.claims();
const told = {
  issuer: server.serverMetadata().issuer,
  foreignIssuer: await refusal(discover(client.None(), ISSUER.replace(/[^/]+\/v2\.0$/, "common/v2.0"))),
  claims,
  refused,
  person: await client.fetchUserInfo(server, tokens.access_token, claims.sub),
  refreshed: await refresh(server, tokens),
  post: await askForItself(client.ClientSecretPost(CLIENT_SECRET)),
  basic: await askForItself(client.ClientSecretBasic(CLIENT_SECRET)),
  wrongSecret: await refusal(askForItself(client.ClientSecretPost(`wrong${CLIENT_SECRET}`))),
  device: await useDevice(),
};
console.log(JSON.stringify({ told }));
process.exit(0);
