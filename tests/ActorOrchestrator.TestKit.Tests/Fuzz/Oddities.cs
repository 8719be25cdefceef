namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>Values at the edge of what a field may hold, or beyond it.</summary>
internal static class Oddities
{
    /// <summary>What is given as text: names, amounts, times and the like, good ones and bad ones of each.</summary>
    public static readonly IReadOnlyList<string> Texts =
    [
        "", " ", "a", "A", "a-", "-a", "a.b", "a..b", "a_b", "a/b", "/", "//", "..", "../../etc/passwd", "/..",
        "a/../b", ".", "*", "*.example.com", "example.com", "EXAMPLE.com",
        "kubernetes.io/x", "example.com/", "/name", "a/b/c",
        "default", "kube-system", "None", "null", "true", "no", "~", "on", "0x1F", "0777", "1_000", "---", "- a", "&a",
        "*a", "!!binary x", "a: b", "{}", "[]", "#", "'", "\"", "\\", "\\u0000", "%", "50%", "101%", "-1%", "1e3%",
        "$(A)", "$$(A)", "$(", "1", "-1", "0", "1.5", "1e400", "9223372036854775808", "-9223372036854775809",
        "100m", "0.1m", "1n", "1Ki", "1Ei", "8Ei", "1E", "1e", "1i", "+1", ".5", "5.", "1Zi", "-1Gi", "1e1000000",
        "00000000000000000001", "2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "2026-01-01", "2026-01-01T00:00:00.123456789+14:00", "10.0.0.1", "10.0.0.01",
        "256.1.1.1", "0.0.0.0", "127.0.0.1", "169.254.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "10.0.0.0/8",
        "10.0.0.1/33", "2001:db8::/32", "* * * * *", "@every 1s", "60 * * * *", "*/0 * * * *", "0-99999999999 * * * *",
        "Etc/UTC", "Local", "Mars/Olympus", "c2VjcmV0", "c2VjcmV0=", "====", "TCP", "tcp", "SCTP", "Always", "always",
        "Never", "OnFailure", "In", "NotIn", "Exists", "Gt", "RollingUpdate", "Recreate", "OnDelete", "Localhost",
        "metadata.labels['a']", "metadata.labels['']", "metadata.name", "spec.nodeName", "limits.cpu", "latest",
        "repo/image:tag@sha256:0000", "\u0000", "\u0001\u001f", "\u007f", "\t", "a\nb", "\r\n", "\u00e9", "e\u0301",
        "\u202e", "\ufeff", "\ud83d\ude00", "\u4e2d\u6587", "\u0130", "\u00df", "\uffff",
        "orphan", "foregroundDeletion", "kubernetes", "app", "fuzz",
        "kubectl.kubernetes.io/last-applied-configuration",
        new('a', 63), new('a', 64), new('a', 253), new('a', 254), new('9', 400), new('a', 70_000),
    ];

    /// <summary>Of texts about as long as all annotations of an object, all data of one, or a body may be.</summary>
    public static readonly IReadOnlyList<int> Lengths =
        [262_100, 262_144, 262_145, 1_048_500, 1_048_576, 3_145_000, 3_145_728];

    /// <summary>Values that JSON's own rules hardly allow, or do not.</summary>
    public static readonly IReadOnlyList<string> Tokens =
    [
        "null", "true", "0", "-0", "-1", "1", "1.0", "1.5", "1e2", "1e400", "-1e400", "1E-400", "2147483647",
        "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "123456789012345678901234567890123456789012345678901234567890", "01", "+1", ".5", "NaN", "Infinity", "1e",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\\x\"", "\"\n\"", "'a'", "undefined", "{\"a\":}", "[1,]",
        "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":{}},\"a\":[{\"c\":1,\"c\":2}]}",
        "{\"\":null}", "[null]", "[[[[[]]]]]", "{}", "[]", "\"\"",
        "/* note */ 1", "// note\n1", Nested("[", "]", 60), Nested("[", "]", 200), Nested("{\"a\":", "}", 99),
        Nested("[", "]", 70), Nested("{\"f:a\":", "}", 80), Nested("{\"a\":", "}", 3_000),
    ];

    private static string Nested(string open, string close, int depth) => string.Concat(
        string.Concat(Enumerable.Repeat(open, depth)), "1", string.Concat(Enumerable.Repeat(close, depth)));
}
