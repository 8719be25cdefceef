using ActorOrchestrator.Host.Hocon;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Tests;

public sealed class HoconTests
{
    private const string Reference =
        """
        # a comment
        name = default
        size = 1MiB // and another
        wait = 500ms
        net { ports = [1, 2], host = "a.b" }
        labels {}
        """;

    [Theory]
    [InlineData("name = x", "x")]
    [InlineData("name : \"x y\"", "x y")]
    [InlineData("\"name\" = x # no", "x")]
    [InlineData("{ name = x }", "x")]
    [InlineData("name = x\nname = y", "y")]
    [InlineData("name = ${HOME_TOWN}", "Ulm")]
    [InlineData("name = ${?HOME_TOWN}", "Ulm")]
    [InlineData("name = ${?NOWHERE}", "default")]
    [InlineData("name = ${net.host}", "a.b")]
    [InlineData("name = \"a\\\"b\\n\"", "a\"b\n")]
    public void A_text_is_read(string given, string expected) => Assert.Equal(expected, Read(given).Text("name"));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("10s", 10)]
    [InlineData("2 m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("1d", 86400)]
    public void A_duration_is_read(string given, double seconds) =>
        Assert.Equal(seconds, Read($"wait = {given}").Duration("wait").TotalSeconds);

    [Theory]
    [InlineData("10MiB", 10L << 20)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("5MB", 5_000_000)]
    [InlineData("7B", 7)]
    public void A_size_is_read(string given, long bytes) => Assert.Equal(bytes, Read($"size = {given}").Size("size"));

    [Fact]
    public void Objects_merge_and_dotted_keys_reach_into_them()
    {
        var reader = Read("net.host = h\nnet { ports = [3] }");
        Assert.Equal(("h", "3"), (reader.Text("net.host"), string.Join(' ', reader.Texts("net.ports"))));
    }

    [Fact]
    public void An_object_that_is_empty_in_the_reference_takes_any_keys()
    {
        Assert.Equal("ssd", Read("labels { disk = ssd }").Map("labels")["disk"]);
        Assert.Equal("x", Read("labels { \"a.example:5000\" = x }").Map("labels")["a.example:5000"]);
    }

    [Theory]
    [InlineData("nam = x", "test.conf:1: unknown setting nam; did you mean name?")]
    [InlineData("net.port = 1", "test.conf:1: unknown setting net.port; did you mean net.ports?")]
    [InlineData("\n\nname x", "test.conf:3: '=', ':' or '{' expected after name")]
    [InlineData("net {", "test.conf:1: '}' is missing")]
    [InlineData("name = \"x", "test.conf:1: the closing '\"' is missing")]
    [InlineData("name = x \"y\"", "test.conf:1: '\"' inside a value: quote the whole text")]
    [InlineData("name =", "test.conf:1: a value expected")]
    [InlineData("include \"nowhere.conf\"", "the included file")]
    public void What_is_wrong_is_said_with_file_and_line(string given, string message) =>
        Assert.Contains(message, Assert.Throws<SettingsException>(() => Read(given)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("wait = 5", "wait")]
    [InlineData("wait = -5s", "wait")]
    [InlineData("size = 5", "size")]
    [InlineData("name = [a]", "name")]
    [InlineData("name = ${NOWHERE}", "name")]
    public void A_value_of_the_wrong_form_is_refused_by_name(string given, string path)
    {
        var reader = Read(given);
        var failure = Assert.Throws<SettingsException>(() => path switch
        {
            "wait" => reader.Duration(path).ToString(),
            "size" => reader.Size(path).ToString(),
            _ => reader.Text(path),
        });
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_included_file_is_read_in_place()
    {
        var directory = Directory.CreateTempSubdirectory("hocon-tests-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "inner.conf"), "name = inner");
            var outer = Path.Combine(directory, "outer.conf");
            var reader = HoconReader.Load(Reference, [(outer, "include \"inner.conf\"\nwait = 1s")], _ => null);
            Assert.Equal("inner", reader.Text("name"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Every_key_of_the_reference_is_read_by_the_server()
    {
        var reader = HoconReader.Load(ServerSettings.ReferenceText(), [], _ => null);
        ServerSettings.From(reader);
        Assert.Empty(reader.Unread());
    }

    [Theory]
    [InlineData("cluster.strategy = lease-majority", "keeps its lease in PostgreSQL")]
    [InlineData("cluster.strategy = keep-oldest", "neither keep-majority nor lease-majority")]
    [InlineData("data-dir = \"\"", "data-dir: \"\" names no directory")]
    [InlineData("node.name = UPPER_x", "node.name: \"UPPER_x\" is no name of a node: a lowercase RFC 1123 subdomain")]
    [InlineData("node.labels { \"a b\" = c }", "node.labels: a b=c: name part must consist of")]
    [InlineData("node.labels { a = \"-\" }", "node.labels: a=-: a valid label must be")]
    public void A_value_that_cannot_be_is_refused(string given, string problem)
    {
        var refused = Assert.Throws<SettingsException>(() => Settings(given));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_certificate_names_where_the_api_listens_and_what_the_kubeconfig_says()
    {
        var reader = HoconReader.Load(
            ServerSettings.ReferenceText(),
            [("given", "api { listen = [\"10.0.0.1:6443\", \"0.0.0.0:1\"], kubeconfig-host = api.example }")],
            _ => null);
        Assert.Equal(["10.0.0.1", "api.example"], ServerSettings.From(reader).Api.ServerNames.Order());
    }

    [Fact]
    public void Every_key_of_the_reference_has_a_comment_or_stands_below_one()
    {
        var bare = ServerSettings.ReferenceText().Split("\n\n")
            .Where(block =>
                block.Contains('=', StringComparison.Ordinal) && !block.Contains('#', StringComparison.Ordinal));
        Assert.Empty(bare);
    }

    private static ServerSettings Settings(string given) =>
        ServerSettings.From(HoconReader.Load(ServerSettings.ReferenceText(), [("given", given)], _ => null));

    private static HoconReader Read(string given) =>
        HoconReader.Load(Reference, [("test.conf", given)], name => name == "HOME_TOWN" ? "Ulm" : null);
}
