using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("web", true)]
    [InlineData("0web-1", true)]
    [InlineData("a.b-c.d", true)]
    [InlineData("", false)]
    [InlineData("A", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a..b", false)]
    [InlineData("a_b", false)]
    [InlineData("a.-b", false)]
    [InlineData("é", false)]
    public void Knows_a_subdomain(string name, bool good) => Assert.Equal(good, NameRules.Subdomain(name).Count == 0);

    [Theory]
    [InlineData("my-name", true)]
    [InlineData("1", true)]
    [InlineData("a.b", false)]
    [InlineData("", false)]
    public void Knows_a_label(string name, bool good) => Assert.Equal(good, NameRules.Label(name).Count == 0);

    [Theory]
    [InlineData("svc", true)]
    [InlineData("1svc", false)]
    [InlineData("svc-", false)]
    [InlineData("", false)]
    public void Knows_an_rfc_1035_label(string name, bool good) =>
        Assert.Equal(good, NameRules.Rfc1035Label(name).Count == 0);

    [Theory]
    [InlineData("*.example.com", true)]
    [InlineData("example.com", false)]
    [InlineData("*", false)]
    [InlineData("*.*.com", false)]
    public void Knows_a_wildcard_host(string name, bool good) =>
        Assert.Equal(good, NameRules.WildcardSubdomain(name).Count == 0);

    [Theory]
    [InlineData("app", true)]
    [InlineData("App.k8s_x", true)]
    [InlineData("example.com/App", true)]
    [InlineData("/app", false)]
    [InlineData("example.com/", false)]
    [InlineData("Example.com/app", false)]
    [InlineData("a/b/c", false)]
    [InlineData("app!", false)]
    [InlineData("", false)]
    public void Knows_a_qualified_name(string name, bool good) =>
        Assert.Equal(good, NameRules.QualifiedName(name).Count == 0);

    [Theory]
    [InlineData("http", "")]
    [InlineData("a--b", "must not contain consecutive hyphens")]
    [InlineData("1234", "must contain at least one letter (a-z)")]
    [InlineData("-http", "must not begin or end with a hyphen")]
    [InlineData("Http", "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")]
    [InlineData("abcdefghijklmnop", "must be no more than 15 characters")]
    public void Knows_a_port_name(string name, string complaint) =>
        Assert.Equal(complaint, string.Join(";", NameRules.PortName(name)));

    [Theory]
    [InlineData("key.name", "")]
    [InlineData(".", "must not be '.'")]
    [InlineData("..", "must not be '..'")]
    [InlineData("..data", "must not start with '..'")]
    public void Knows_a_config_key(string name, string complaint) =>
        Assert.Equal(complaint, string.Join(";", NameRules.ConfigKey(name)));

    [Fact]
    public void Messages_are_kubernetes_own()
    {
        Assert.Equal(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            Assert.Single(NameRules.Subdomain("A")));
        Assert.Equal(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
            + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
            Assert.Single(NameRules.Label("A")));
        Assert.Equal("must not contain dots", Assert.Single(NameRules.Label("a.b")));
        Assert.Equal("must be no more than 63 characters", Assert.Single(NameRules.Label(new string('a', 64))));
        Assert.Equal("must be between 1 and 65535, inclusive", Assert.Single(NameRules.PortNumber(0)));
        Assert.Equal("may not be '..'", Assert.Single(NameRules.PathSegment("..")));
    }
}
