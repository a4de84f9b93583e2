// What akismet-api makes of a server: node akismet_api.mjs PORT KEY; prints one JSON object.
import "./loopback.mjs";
import { AkismetClient } from "akismet-api";

const [port, key] = process.argv.slice(2);
const blog = "https://boats.example";
const options = { blog, protocol: "http", host: `rest.weir.example:${port}`, charset: "utf-8" };
const client = new AkismetClient({ ...options, key });
const stranger = new AkismetClient({ ...options, key: "zzzzzzzzzzzz" });

const comment = {
  ip: "192.0.2.7",
  useragent: "Lynx/2.9",
  referrer: "https://search.example",
  name: "Grace",
  email: "grace@example.org",
  url: "https://grace.example",
  content: "How long are these boats? Être là, 船も。",
  type: "forum-post",
  date: "2026-05-20T12:00:00Z",
  permalink: "https://boats.example/regatta",
};

const heard = async (answer) => answer.catch((error) => `error: ${error.message}`);
const text = async (answer) => heard(answer.then((response) => response.text));

console.log(
  JSON.stringify({
    verifyKey: await heard(client.verifyKey()),
    verifyWrongKey: await heard(stranger.verifyKey()),
    checkDoubtful: await heard(client.checkSpam(comment)),
    checkSpam: await heard(client.checkSpam({ ...comment, name: "viagra-test-123" })),
    checkHam: await heard(client.checkSpam({ ...comment, role: "administrator" })),
    checkHoneypot: await heard(client.checkSpam({ ...comment, honeypot: "filled in" })),
    checkWithoutAddress: await heard(client.checkSpam({ content: "hello" })),
    checkWrongKey: await heard(stranger.checkSpam(comment)),
    submitSpam: await text(client.submitSpam(comment)),
    submitHam: await text(client.submitHam({ ...comment, isTest: true })),
  }),
);
