// A peer to measure against: app-only access tokens as JWTs, signed with RS256 (2048 bits). Its client is kept
// in memory, or, with the address of a PostgreSQL database, looked up there for each token: its own manual
// calls what is in memory a start for development.
import { generateKeyPairSync } from "node:crypto";
import pg from "pg";
import Provider from "oidc-provider";

const port = Number(process.env.PORT);
const database = process.env.PEER_DATABASE_URL;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" };
const client = {
  client_id: "meter",
  client_secret: "a-secret-for-measuring-only.0123456789",
  token_endpoint_auth_method: "client_secret_post",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
};

async function keepClients() {
  const pool = new pg.Pool({ connectionString: database, max: 8 });
  await pool.query("CREATE TABLE IF NOT EXISTS peer_client (id text PRIMARY KEY, payload jsonb NOT NULL)");
  await pool.query("INSERT INTO peer_client VALUES ($1, $2) ON CONFLICT DO NOTHING", [client.client_id, client]);
  // Nothing else is stored: a JWT is not, and this grant has no sessions.
  return class {
    constructor(kind) { this.kind = kind; }
    async find(id) {
      if (this.kind !== "Client") return undefined;
      const found = await pool.query({
        name: "client", text: "SELECT payload FROM peer_client WHERE id = $1", values: [id],
      });
      return found.rows[0]?.payload;
    }
    async upsert() {}
    async findByUid() {}
    async findByUserCode() {}
    async consume() {}
    async destroy() {}
    async revokeByGrantId() {}
  };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  ...(database ? { adapter: await keepClients() } : { clients: [client] }),
  jwks: { keys: [jwk] },
  scopes: ["read"],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "https://graph.example",
      getResourceServerInfo: () => ({
        scope: "read", audience: "https://graph.example", accessTokenFormat: "jwt", accessTokenTTL: 3600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});
provider.listen(port, "127.0.0.1");
