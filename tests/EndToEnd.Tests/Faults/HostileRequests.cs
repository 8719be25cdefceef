using System.Globalization;
using System.Text;

namespace ActorOrchestrator.EndToEnd.Tests.Faults;

internal sealed record Hostile(
    string What, HttpMethod Method, string Path, byte[]? Body, string? ContentType, int[] Expected);

/// <summary>
/// Rows of (what it is, request, the codes that fit). Each row draws its details from a seed, so that a failure can
/// be repeated. They aim at a ConfigMap "target" with data {a: "1"} and a Deployment "web" of namespace default.
/// </summary>
internal static class HostileRequests
{
    private const int BodyBytesMax = 3 * 1024 * 1024;
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    public static IEnumerable<Func<Random, Hostile>> Kinds() =>
        BadBodies().Concat(BadPatches()).Concat(BadQueries()).Concat(BadPaths()).Concat(BadMethods());

    private static IEnumerable<Func<Random, Hostile>> BadBodies()
    {
        yield return random => Post("broken JSON", Maps, Cut(Good(random), random), 400);
        yield return random => Post("random bytes", Maps, Noise(random), "application/json", 400);
        yield return random => Post("random bytes as YAML", Maps, Noise(random), "application/yaml", 400, 422);
        yield return _ => Post("an empty body", Maps, "", 400, 422);
        yield return _ => Post("null", Maps, "null", 400, 422);
        yield return _ => Post("a list", Maps, "[1,2,3]", 400);
        yield return _ => Post("a string", Maps, "\"text\"", 400);
        yield return _ => Post("a kind that is no text", Maps, "{\"kind\":7,\"metadata\":{\"name\":\"x\"}}", 400, 422);
        yield return _ => Post(
            "another kind", Maps, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}", 400);
        yield return _ => Post("data is a number", Maps, Map("x", "7"), 400);
        yield return _ => Post("a number where a string belongs", Maps, Map("x", "{\"a\":1}"), 400);
        yield return _ => Post(
            "metadata is a list", Maps, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":[]}", 400);
        yield return random => Post("deep nesting", Maps, Nested(random.Next(500, 20_000)), 400, 413);
        yield return random => Post(
            "deep YAML", Maps,
            Encoding.UTF8.GetBytes(new string('[', random.Next(500, 20_000))), "application/yaml", 400, 413);
        yield return _ => Post("YAML that grows by aliases", Maps, Bomb(), "application/yaml", 400, 413);
        yield return _ => Post(
            "a body over three MiB", Maps, Map("x", $"{{\"a\":\"{new string('x', BodyBytesMax)}\"}}"), 413);
        yield return random => Post(
            "an invalid name", Maps,
            Map(Pick(random, "UPPER", "a b", "a/b", "-a", "ä", "..", new string('x', 300)), "{}"), 422);
        yield return _ => Post(
            "another namespace than the path's", Maps,
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}",
            400);
        yield return random => Post("a wrong Deployment", Deployments, Wrong(random), 400, 422);
        yield return _ => Post(
            "an unknown media type", Maps, Encoding.UTF8.GetBytes("x=1"), "application/x-www-form-urlencoded", 415);
        yield return _ => Post("no such namespace", "/api/v1/namespaces/nowhere/configmaps", Map("x", "{}"), 404);
    }

    private static IEnumerable<Func<Random, Hostile>> BadPatches()
    {
        const string json = "application/json-patch+json";
        const string merge = "application/merge-patch+json";
        const string oneTest = "{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"1\"}";
        const string strategic = "application/strategic-merge-patch+json";
        yield return _ => Patch("no list", json, "{\"op\":\"add\"}", 400);
        yield return _ => Patch("an unknown operation", json, "[{\"op\":\"explode\",\"path\":\"/data\"}]", 400, 422);
        yield return _ => Patch("no path", json, "[{\"op\":\"remove\"}]", 400, 422);
        yield return _ => Patch(
            "a path that is not there", json, "[{\"op\":\"remove\",\"path\":\"/data/none/none\"}]", 400, 422);
        yield return _ => Patch(
            "a failing test", json, "[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"9\"}]", 400, 409, 422);
        yield return _ => Patch(
            "too many operations", json,
            $"[{string.Join(',', Enumerable.Repeat(oneTest, 20_000))}]", 413, 422);
        yield return random => Patch("broken JSON", merge, Cut("{\"data\":{\"a\":\"2\"}}", random), 400);
        yield return _ => Patch("a wrong type", merge, "{\"data\":[1]}", 400, 422);
        yield return _ => Patch("another name", merge, "{\"metadata\":{\"name\":\"other\"}}", 400, 422);
        yield return _ => Patch("another uid", merge, "{\"metadata\":{\"uid\":\"nope\"}}", 409, 422);
        yield return _ => Patch(
            "a stale version", merge, "{\"metadata\":{\"resourceVersion\":\"1\"},\"data\":{\"a\":\"9\"}}", 409);
        yield return _ => Patch("deep nesting", merge, Nested(5000), 400, 413, 422);
        yield return _ => Patch("a wrong directive", strategic, "{\"data\":{\"$patch\":\"explode\"}}", 400, 422);
        yield return _ => Patch("an unknown patch type", "application/funny-patch", "{}", 415);
        yield return _ => Patch(
            "apply without a manager", "application/apply-patch+yaml", Map("target", "{}"), 400, 422);
    }

    private static IEnumerable<Func<Random, Hostile>> BadQueries()
    {
        yield return random => Get(
            "a bad label selector",
            $"{Maps}?labelSelector={Uri.EscapeDataString(Pick(random,
                "a in (", "=", "a==b==c", "!", "a b", "(((", "a in (b", new string('x', 5000)))}", 400);
        yield return random => Get(
            "a bad field selector",
            $"{Maps}?fieldSelector={Uri.EscapeDataString(Pick(random, "nothing=1", "metadata.name", "=", "a=b=c"))}",
            400);
        yield return random => Get(
            "a bad limit", $"{Maps}?limit={Pick(random, "x", "99999999999999999999", "1.5")}", 400);
        yield return random => Get(
            "a bad continue token", $"{Maps}?limit=1&continue={Pick(random, "x", "%00", "eyJ2IjoibWV0YSJ9", "AAAA")}",
            400);
        yield return random => Get("a bad version", $"{Maps}?resourceVersion={Pick(random, "x", "-1", "1.5")}", 400);
        yield return _ => Get(
            "a version from the future", $"{Maps}?resourceVersion=999999999999&resourceVersionMatch=Exact", 400, 410,
            504);
        yield return _ => Get("a match without a version", $"{Maps}?resourceVersionMatch=Exact", 400, 403, 422);
        yield return _ => Get("a watch from a bad version", $"{Maps}?watch=1&resourceVersion=x", 400);
        yield return _ => Get("a bad timeout", $"{Maps}?timeoutSeconds=x", 400);
        yield return _ => Post("a bad dryRun", Maps + "?dryRun=Some", Map("x", "{}"), 400, 422);
        yield return _ => Post("a bad fieldValidation", Maps + "?fieldValidation=Loose", Map("x", "{}"), 400, 422);
    }

    private static IEnumerable<Func<Random, Hostile>> BadPaths()
    {
        yield return random => Get(
            "a path trick",
            Pick(random,
                "/api/v1/namespaces/default/../../../etc/passwd",
                "/api/v1/namespaces/default/configmaps/..%2f..%2fsecrets", "/api/v1//namespaces",
                "/api/v1/namespaces/default/configmaps/a%20b"), 400, 404, 301);
        yield return random => Get(
            "no such thing",
            Pick(random,
                "/api/v2", "/apis/apps/v9", "/apis/none/v1/things", "/api/v1/namespaces/default/unicorns", "/nothing",
                "/api/v1/namespaces/default/configmaps/none", "/api/v1/namespaces/default/configmaps/target/none",
                "/apis/apps/v1/namespaces/default/deployments/web/log"), 404);
        yield return random => Get(
            "a very long path", "/api/v1/namespaces/" + new string('x', random.Next(9_000, 12_000)), 400, 404, 414);
    }

    private static IEnumerable<Func<Random, Hostile>> BadMethods()
    {
        yield return random => new(
            "an odd method", new(Pick(random, "BREW", "PROPFIND", "LINK")), Maps, null, null, [405]);
        yield return _ => new(
            "POST to an object", HttpMethod.Post, $"{Maps}/target", Bytes(Map("target", "{}")), "application/json",
            [405]);
        yield return _ => new(
            "PUT to a collection", HttpMethod.Put, Maps, Bytes(Map("target", "{}")), "application/json", [405]);
        yield return _ => new(
            "PUT of another object", HttpMethod.Put, $"{Maps}/target", Bytes(Map("other", "{}")), "application/json",
            [400]);
        yield return _ => new(
            "DELETE with a wrong uid", HttpMethod.Delete, $"{Maps}/target",
            Bytes("{\"preconditions\":{\"uid\":\"nope\"}}"), "application/json", [409]);
        yield return _ => new(
            "DELETE with a bad body", HttpMethod.Delete, $"{Maps}/target", Bytes("{\"gracePeriodSeconds\":\"x\"}"),
            "application/json", [400]);
        yield return _ => new("DELETE of nothing", HttpMethod.Delete, $"{Maps}/none", null, null, [404]);
        yield return _ => new(
            "negative replicas by scale", HttpMethod.Put, $"{Deployments}/web/scale",
            Bytes("{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"metadata\":{\"name\":\"web\","
                + "\"namespace\":\"default\"},\"spec\":{\"replicas\":-1}}"), "application/json", [422]);
    }

    private static Hostile Post(string what, string path, string body, params int[] expected) =>
        Post(what, path, Bytes(body), "application/json", expected);

    private static Hostile Post(string what, string path, byte[] body, string type, params int[] expected) =>
        new(what, HttpMethod.Post, path, body, type, expected);

    private static Hostile Patch(string what, string type, string body, params int[] expected) =>
        new($"patch: {what}", HttpMethod.Patch, $"{Maps}/target", Bytes(body), type, expected);

    private static Hostile Get(string what, string path, params int[] expected) =>
        new(what, HttpMethod.Get, path, null, null, expected);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Map(string name, string data) =>
        $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"{name}\"}},\"data\":{data}}}";

    private static string Good(Random random) => Map($"x{random.Next()}", "{\"a\":\"1\"}");

    private static string Cut(string text, Random random) => text[..random.Next(1, text.Length - 1)];

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 4000)];
        random.NextBytes(noise);
        noise[0] = 0x7b; // An opening brace: whatever follows, it is no object.
        return noise;
    }

    private static string Nested(int depth) =>
        $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"x\"}},\"data\":"
        + string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth) + "}";

    /// <summary>Nine levels of nine references each: 9^9 nodes if they were expanded.</summary>
    private static byte[] Bomb()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        foreach (var level in Enumerable.Range(1, 9))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]\n");
        }
        return Bytes(text.Append("data: *a9\n").ToString());
    }

    private static string Wrong(Random random)
    {
        const string labels = "{\"a\":\"b\"}";
        const string good = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"bad\"},"
            + "\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":" + labels + "},\"template\":{\"metadata\":"
            + "{\"labels\":" + labels + "},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}";
        (string From, string To)[] mistakes =
        [
            ("\"replicas\":1", "\"replicas\":-1"), ("\"replicas\":1", "\"replicas\":\"one\""),
            ("\"replicas\":1", "\"replicas\":1e99"), ("\"name\":\"c\"", "\"name\":\"C C\""),
            ("\"image\":\"i\"", "\"image\":\"\""), ("{\"a\":\"b\"}},\"spec\"", "{\"a\":\"c\"}},\"spec\""),
            ("[{\"name\":\"c\",\"image\":\"i\"}]", "[]"), ("[{\"name\":\"c\",\"image\":\"i\"}]", "{}"),
            ("\"image\":\"i\"", "\"image\":\"i\",\"ports\":[{\"containerPort\":70000}]"),
            ("\"image\":\"i\"", "\"image\":\"i\",\"resources\":{\"limits\":{\"cpu\":\"lots\"}}"),
            ("{\"name\":\"c\",\"image\":\"i\"}", "{\"name\":\"c\",\"image\":\"i\"},{\"name\":\"c\",\"image\":\"i\"}"),
        ];
        var (from, to) = Pick(random, mistakes);
        return good.Replace(from, to, StringComparison.Ordinal);
    }
}
