using System.Text;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Serialization;

public sealed class KubeYamlTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: \"1\"", """{"a":"1"}""")]
    [InlineData("a: '1'", """{"a":"1"}""")]
    [InlineData("a: yes\nb: \"yes\"\nc: off\nd: y", """{"a":true,"b":"yes","c":false,"d":true}""")]
    [InlineData("a: 0644", """{"a":420}""")]
    [InlineData("a: 0o644\nb: 0x1F\nc: 0b11\nd: 1_000", """{"a":420,"b":31,"c":3,"d":1000}""")]
    [InlineData("a: 0899", """{"a":899}""")]
    [InlineData("a: 1.5\nb: 1e3\nc: .5\nd: -.5", """{"a":1.5,"b":1000,"c":0.5,"d":-0.5}""")]
    [InlineData("a: 1.2.3\nb: 10Gi\nc: 250m\nd: 1.25.3\ne: 12:30:45",
        """
        {"a":"1.2.3","b":"10Gi","c":"250m","d":"1.25.3","e":"12:30:45"}
        """)]
    [InlineData("a: 2026-01-02", """{"a":"2026-01-02"}""")]
    [InlineData("a: ~\nb:\nc: null", """{"a":null,"b":null,"c":null}""")]
    [InlineData("a: !!str 1\nb: ! 2", """{"a":"1","b":"2"}""")]
    [InlineData("1: a\ntrue: b", """{"1":"a","true":"b"}""")]
    [InlineData("a: |\n  x\n  y\nb: >\n  x\n  y\n", """{"a":"x\ny\n","b":"x y\n"}""")]
    [InlineData("{\"a\": [1, {\"b\": null}]}", """{"a":[1,{"b":null}]}""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("d: &d {a: 1, b: 2}\ne:\n  <<: *d\n  b: 3", """{"d":{"a":1,"b":2},"e":{"b":3,"a":1}}""")]
    public void Scalars_and_structure_are_read_as_Kubernetes_reads_them(string yaml, string json) =>
        Assert.Equal(json, Encoding.UTF8.GetString(Assert.Single(KubeYaml.ToJson(yaml))));

    [Fact]
    public void Documents_are_told_apart_and_empty_ones_dropped()
    {
        var documents = KubeYaml.ToJson("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").Select(Encoding.UTF8.GetString);
        Assert.Equal(["""{"a":1}""", """{"b":2}"""], documents);
        Assert.Empty(KubeYaml.ToJson(""));
    }

    [Theory]
    [InlineData("a: 1\na: 2", "line 2: key \"a\" already set in map")]
    [InlineData("a: b: c", "error converting YAML to JSON: yaml: line 1:")]
    [InlineData("a: *nowhere", "unknown anchor 'nowhere' referenced")]
    [InlineData("a: &a [*a]", "unknown anchor 'a' referenced")]
    [InlineData("? [a]\n: b", "a key must be a text")]
    [InlineData("a: !!int x", "cannot decode `x` as a !!int")]
    [InlineData("a: .inf", "unsupported value")]
    [InlineData("a: {<<: 1}", "map merge requires map")]
    [InlineData("a: [1", "error converting YAML to JSON: yaml: line 2:")]
    public void What_cannot_be_read_says_why(string yaml, string reason)
    {
        var error = Assert.Throws<KubeJsonException>(() => KubeYaml.ToJson(yaml));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\na: 2", """{"a":2}""", "  line 2: key \"a\" already set in map")]
    [InlineData("a: {b: 1, c: 2, b: 3}\nd: 4\nd: 5", """{"a":{"c":2,"b":3},"d":5}""",
        "  line 1: key \"b\" already set in map\n  line 3: key \"d\" already set in map")]
    [InlineData("a: 1\nb: 2", """{"a":1,"b":2}""", "")]
    public void A_repeated_key_has_its_last_value_where_the_caller_wants_to_hear_of_it(
        string yaml, string json, string complaints)
    {
        var repeated = new List<string>();
        Assert.Equal(json, Encoding.UTF8.GetString(Assert.Single(KubeYaml.ToJson(yaml, repeated))));
        Assert.Equal(complaints, string.Join('\n', repeated));
    }

    [Fact]
    public void A_billion_laughs_are_refused()
    {
        var text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        var error = Assert.Throws<KubeJsonException>(() => KubeYaml.ToJson(text.ToString()));
        Assert.Contains("excessive aliasing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 100_000)]
    [InlineData("- ", 5_000)]
    public void Deep_nesting_is_refused(string open, int count)
    {
        var yaml = string.Concat(Enumerable.Repeat(open, count));
        var error = Assert.Throws<KubeJsonException>(() => KubeYaml.ToJson(yaml));
        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_as_yaml_reads_back_the_same()
    {
        const string Json =
            """{"a":{"b":[1,"1","true","yes","0644","2026-01-02","x: y","- a","","a\nb\n"," a\nb","é"],"c":{},"""
            + "\"d\":[],\"e\":null,\"f\":1.5,\"yes\":true}}";
        var yaml = KubeYaml.FromJson(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(Json, Encoding.UTF8.GetString(Assert.Single(KubeYaml.ToJson(yaml))));
        Assert.Contains("\n  - \"1\"\n", yaml, StringComparison.Ordinal);
        Assert.Contains("c: {}", yaml, StringComparison.Ordinal);
    }
}
