using ActorOrchestrator.Gateway.Tests.Support;
using static ActorOrchestrator.Gateway.Tests.Support.Samples;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>What is posted for an answer or to a part of an object, and the kinds that clients are to leave.</summary>
public sealed class PostedKindTests
{
    private const string Access = "/apis/authorization.k8s.io/v1/";
    private const string Nowhere = "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes "
        + "or resourceAttributes must be specified";

    [Theory]
    [InlineData("subjectaccessreviews", "{'user':'a'}", Nowhere)]
    [InlineData("selfsubjectaccessreviews", "{}", Nowhere)]
    [InlineData("subjectaccessreviews",
        "{'user':'a','resourceAttributes':{'verb':'get'},'nonResourceAttributes':{'path':'/x','verb':'get'}}",
        "spec.nonResourceAttributes: Invalid value: {\"path\":\"/x\",\"verb\":\"get\"}: cannot be specified in "
        + "combination with resourceAttributes")]
    [InlineData("subjectaccessreviews", "{'resourceAttributes':{'verb':'get'}}",
        "spec.user: Invalid value: \"\": at least one of user or group must be specified")]
    public async Task A_review_asks_for_somebody_and_something(string plural, string spec, string expected)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.SendAsync("POST", Access + plural, $"{{'spec':{spec}}}".Replace('\'', '"'));
        Assert.Equal(422, answer.Code);
        Assert.EndsWith($" is invalid: {expected}", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'kind':'Machine','name':'n'}",
        "target.kind: Unsupported value: \"Machine\": supported values: \"Node\", \"<empty>\"")]
    [InlineData("{'name':''}", "target.name: Required value")]
    public async Task A_binding_names_a_node(string target, string expected)
    {
        await using var gateway = await RunningGateway.StartAsync();
        gateway.Cluster.Put(Pod("p", "c"));
        var answer = await gateway.SendAsync(
            "POST", $"{Pods}/p/binding", $"{{'metadata':{{'name':'p'}},'target':{target}}}".Replace('\'', '"'));
        Assert.Equal((422, $"Binding \"p\" is invalid: {expected}"), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_scale_is_not_negative()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await gateway.SendAsync("POST", Deployments, DeploymentBody("a"));
        var answer = await gateway.SendAsync(
            "PUT", $"{Deployments}/a/scale",
            """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":-1}}""");
        Assert.Equal(422, answer.Code);
        Assert.Contains(
            "spec.replicas: Invalid value: -1: must be greater than or equal to 0", answer.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("GET", "/e", true)]
    [InlineData("POST", "", true)]
    [InlineData("DELETE", "/e", true)]
    [InlineData("GET", "/e", false)]
    public async Task Endpoints_are_said_to_be_of_the_past(string method, string name, bool isThem)
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string body = """{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"e"}}""";
        var path = $"/api/v1/namespaces/default/{(isThem ? "endpoints" : "configmaps")}{name}";
        var answer = await gateway.SendAsync(method, path, method == "POST" ? body : null);
        Assert.Equal(
            isThem ? "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"" : "",
            answer.Header("Warning"));
    }
}
