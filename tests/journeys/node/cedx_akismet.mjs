// What @cedx/akismet makes of a server: node cedx_akismet.mjs PORT KEY; prints one JSON object.
import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";

const [port, key] = process.argv.slice(2);
const blog = new Blog({ charset: "UTF-8", languages: ["en", "fr"], url: "https://boats.example" });
const baseUrl = `http://127.0.0.1:${port}`;
const client = new Client(key, blog, { baseUrl });
const stranger = new Client("zzzzzzzzzzzz", blog, { baseUrl });

const person = { email: "grace@example.org", ipAddress: "192.0.2.7", name: "Grace" };
const comment = (author = {}, more = {}) =>
  new Comment({
    author: new Author({ ...person, ...author }),
    content: "How old are these boats? Être là, 船も。",
    context: ["boats", "regatta"],
    date: new Date("2026-05-20T12:00:00Z"),
    permalink: "https://boats.example/regatta",
    type: "comment",
    ...more,
  });

const names = Object.entries(CheckResult).map(([name, value]) => [value, name]);
const result = Object.fromEntries(names);
const heard = async (answer) => answer.catch((error) => `error: ${error.message}`);
const verdict = async (answer) => heard(answer.then((value) => result[value]));
const done = async (answer) => heard(answer.then(() => "done"));

console.log(
  JSON.stringify({
    verifyKey: await heard(client.verifyKey()),
    verifyWrongKey: await heard(stranger.verifyKey()),
    checkDoubtful: await verdict(client.checkComment(comment())),
    checkAgain: await verdict(client.checkComment(comment({}, { recheckReason: "edit" }))),
    checkSpam: await verdict(client.checkComment(comment({ name: "viagra-test-123" }))),
    checkHam: await verdict(client.checkComment(comment({ role: "administrator" }))),
    checkWithoutAddress: await verdict(client.checkComment(new Comment({ content: "hello" }))),
    checkWrongKey: await verdict(stranger.checkComment(comment())),
    submitSpam: await done(client.submitSpam(comment())),
    submitHam: await done(client.submitHam(comment())),
    submitWrongKey: await done(stranger.submitSpam(comment())),
  }),
);
