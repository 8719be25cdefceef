using System.Net;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>Discovery, OpenAPI and the reviews that clients ask before they act.</summary>
public sealed class DiscoveryTests
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    [Fact]
    public async Task Lists_groups_versions_and_resources_as_old_clients_read_them()
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal("v1", (await gateway.GetAsync("/api")).At("versions.0"));
        var groups = await gateway.GetAsync("/apis");
        Assert.Equal("APIGroupList", groups.At("kind"));
        Assert.Contains("\"groupVersion\":\"apps/v1\"", groups.Text);
        Assert.Equal("apps/v1", (await gateway.GetAsync("/apis/apps")).At("preferredVersion.groupVersion"));
        var core = await gateway.GetAsync("/api/v1");
        var names = core.Json["resources"]!.AsArray().Select(entry => entry!["name"]!.ToString()).ToList();
        Assert.Contains("pods", names);
        Assert.Contains("pods/log", names);
        Assert.Contains("pods/eviction", names);
        Assert.Contains("namespaces/finalize", names);
        var apps = await gateway.GetAsync("/apis/apps/v1");
        Assert.Contains(
            "{\"name\":\"deployments/scale\",\"singularName\":\"\",\"namespaced\":true,\"group\":\"autoscaling\","
            + "\"version\":\"v1\",\"kind\":\"Scale\",\"verbs\":[\"get\",\"patch\",\"update\"]}",
            apps.Text);
        Assert.Equal(404, (await gateway.GetAsync("/apis/apps/v2")).Code);
    }

    [Theory]
    [InlineData("/api", "v2")]
    [InlineData("/apis", "v2")]
    public async Task Lists_everything_in_one_document_to_who_asks(string path, string version)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.GetAsync(path, Aggregated);
        Assert.Equal($"apidiscovery.k8s.io/{version}", answer.At("apiVersion"));
        Assert.Equal(
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
            answer.Header("Content-Type").Replace(" ", "", StringComparison.Ordinal));
        Assert.NotEqual("", answer.At("items.0.versions.0.resources.0.responseKind.kind"));
        var older = await gateway.GetAsync(
            path, "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
        Assert.Equal("apidiscovery.k8s.io/v2beta1", older.At("apiVersion"));
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/apis/apps/v1")]
    [InlineData("/openapi/v2")]
    [InlineData("/openapi/v3")]
    [InlineData("/openapi/v3/apis/apps/v1")]
    public async Task What_a_client_has_already_is_304(string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var first = await gateway.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", first.Header("ETag"));
        using var second = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task The_index_of_OpenAPI_leads_to_its_documents()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var index = await gateway.GetAsync("/openapi/v3");
        var url = index.Json["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!.ToString();
        var document = await gateway.GetAsync(url);
        Assert.Equal("3.0.0", document.At("openapi"));
        Assert.Contains("immutable", document.Header("Cache-Control"));
        var other = await gateway.GetAsync("/openapi/v3/apis/apps/v1?hash=0");
        Assert.DoesNotContain("immutable", other.Header("Cache-Control"));
        Assert.Equal(404, (await gateway.GetAsync("/openapi/v3/apis/none/v1")).Code);
    }

    [Fact]
    public async Task Old_kubectls_get_OpenAPI_as_protobuf()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var answer = await gateway.GetAsync(
            "/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        Assert.Equal(200, answer.Code);
        Assert.Contains("protobuf", answer.Header("Content-Type").Replace(" ", "", StringComparison.Ordinal));
        // Field 1 (swagger) of the document: a text of three bytes.
        Assert.StartsWith("\n\u00032.0", answer.Text, StringComparison.Ordinal);
        Assert.Contains("io.k8s.api.apps.v1.Deployment", answer.Text);
        Assert.Equal(406, (await gateway.GetAsync("/openapi/v2", "text/html")).Code);
    }

    [Fact]
    public async Task Tells_who_one_is_and_what_one_may()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var jane = gateway.NewClient(RunningGateway.UserToken);
        var who = await gateway.SendAsync(
            "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""", client: jane);
        Assert.Equal((201, "jane"), (who.Code, who.At("status.userInfo.username")));
        Assert.Contains("developers", who.Text);
        const string Ask = """
            {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview",
            "spec":{"resourceAttributes":{"verb":"get","resource":"pods","namespace":"default"}}}
            """;
        const string Reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
        Assert.Equal("false", (await gateway.SendAsync("POST", Reviews, Ask, client: jane)).At("status.allowed"));
        Assert.Equal("true", (await gateway.SendAsync("POST", Reviews, Ask)).At("status.allowed"));
        var other = await gateway.SendAsync(
            "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            """
            {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview",
            "spec":{"user":"x","groups":["system:masters"],"nonResourceAttributes":{"verb":"get","path":"/metrics"}}}
            """);
        Assert.Equal("true", other.At("status.allowed"));
        var rules = await gateway.SendAsync(
            "POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
            """{"kind":"SelfSubjectRulesReview","spec":{"namespace":"default"}}""");
        Assert.Equal("*", rules.At("status.resourceRules.0.verbs.0"));
        Assert.Equal(422, (await gateway.SendAsync("POST", Reviews, "{}")).Code);
    }

    /// <summary>kubectl asks for them before it says that it does not know a kind.</summary>
    [Fact]
    public async Task Custom_resource_definitions_can_be_listed_and_there_are_none()
    {
        await using var gateway = await RunningGateway.StartAsync();
        const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        var list = await gateway.GetAsync(Definitions);
        Assert.Equal((200, "CustomResourceDefinitionList"), (list.Code, list.At("kind")));
        Assert.Empty(list.Json["items"]!.AsArray());
        Assert.Equal(404, (await gateway.GetAsync($"{Definitions}/a.b.c")).Code);
        var verbs = (await gateway.GetAsync("/apis/apiextensions.k8s.io/v1")).Json["resources"]![0]!["verbs"]!;
        Assert.Equal("""["get","list","watch"]""", verbs.ToJsonString());
        const string Body =
            """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a.b.c"}}
            """;
        Assert.Equal(405, (await gateway.SendAsync("POST", Definitions, Body)).Code);
        Assert.Equal(
            405, (await gateway.SendAsync("PATCH", $"{Definitions}/a.b.c", Body, "application/apply-patch+yaml")).Code);
        Assert.Equal(400, (await gateway.SendAsync("POST", "/apply", Body)).Code);
        Assert.Empty((await gateway.GetAsync(Definitions)).Json["items"]!.AsArray());
    }

    /// <summary>Kubernetes has no columns for what is only posted: as a Table alone it is not to be had, and where JSON
    /// will do too it is an object.</summary>
    [Theory]
    [InlineData("authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews")]
    [InlineData("authorization.k8s.io/v1", "SubjectAccessReview", "subjectaccessreviews")]
    [InlineData("authorization.k8s.io/v1", "LocalSubjectAccessReview", "namespaces/default/localsubjectaccessreviews")]
    [InlineData("authorization.k8s.io/v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews")]
    [InlineData("authentication.k8s.io/v1", "SelfSubjectReview", "selfsubjectreviews")]
    [InlineData("authentication.k8s.io/v1", "TokenReview", "tokenreviews")]
    public async Task A_review_is_no_table(string version, string kind, string path)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var ask = $$"""
            {"apiVersion":"{{version}}","kind":"{{kind}}","spec":{"user":"jane","namespace":"default",
            "resourceAttributes":{"verb":"get","resource":"pods","namespace":"default"} } }
            """;
        const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        path = $"/apis/{version}/{path}?fieldValidation=Ignore";
        var alone = await gateway.SendAsync("POST", path, ask, accept: Table);
        Assert.Equal((406, "NotAcceptable"), (alone.Code, alone.Reason));
        var either = await gateway.SendAsync("POST", path, ask, accept: $"{Table},application/json");
        Assert.Equal((201, kind), (either.Code, either.At("kind")));
    }
}
