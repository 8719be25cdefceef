using System.Text.Json;
using ActorOrchestrator.Api.OpenApi;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Tests.OpenApi;

public sealed class OpenApiTests
{
    [Fact]
    public void Version_2_resolves_every_reference()
    {
        using var document = JsonDocument.Parse(OpenApiV2.Json());
        AssertReferences(document.RootElement, "#/definitions/", document.RootElement.GetProperty("definitions"));
    }

    [Fact]
    public void Version_3_has_a_document_for_every_group_version_and_resolves_every_reference()
    {
        using var index = JsonDocument.Parse(OpenApiV3.Index());
        var paths = index.RootElement.GetProperty("paths").EnumerateObject().ToArray();
        Assert.Equal(
            KindRegistry.All.Select(kind => (kind.Group, kind.Version)).Distinct().Count(), paths.Length);
        foreach (var path in paths)
        {
            var parts = path.Name.Split('/');
            var bytes = OpenApiV3.Document(parts.Length == 2 ? "" : parts[1], parts[^1]);
            Assert.NotNull(bytes);
            using var document = JsonDocument.Parse(bytes.Value);
            AssertReferences(
                document.RootElement, "#/components/schemas/",
                document.RootElement.GetProperty("components").GetProperty("schemas"));
            Assert.StartsWith(
                $"/openapi/v3/{path.Name}?hash=", path.Value.GetProperty("serverRelativeURL").GetString(),
                StringComparison.Ordinal);
        }

        Assert.Null(OpenApiV3.Document("nothing.example.com", "v1"));
    }

    [Fact]
    public void Fields_carry_what_patches_go_by()
    {
        using var document = JsonDocument.Parse(OpenApiV2.Json());
        var definitions = document.RootElement.GetProperty("definitions");
        var containers = Property(definitions, "io.k8s.api.core.v1.PodSpec", "containers");
        Assert.Equal("name", containers.GetProperty("x-kubernetes-patch-merge-key").GetString());
        Assert.Equal("merge", containers.GetProperty("x-kubernetes-patch-strategy").GetString());
        Assert.Equal("map", containers.GetProperty("x-kubernetes-list-type").GetString());
        Assert.Equal("""["name"]""", containers.GetProperty("x-kubernetes-list-map-keys").GetRawText());
        Assert.Equal(
            "merge,retainKeys",
            Property(definitions, "io.k8s.api.core.v1.PodSpec", "volumes")
                .GetProperty("x-kubernetes-patch-strategy").GetString());
        var ports = Property(definitions, "io.k8s.api.core.v1.Container", "ports");
        Assert.Equal("""["containerPort","protocol"]""", ports.GetProperty("x-kubernetes-list-map-keys").GetRawText());
        Assert.Equal("containerPort", ports.GetProperty("x-kubernetes-patch-merge-key").GetString());
        Assert.Equal(
            """["containers"]""",
            definitions.GetProperty("io.k8s.api.core.v1.PodSpec").GetProperty("required").GetRawText());
        Assert.Equal(
            """[{"group":"apps","kind":"Deployment","version":"v1"}]""",
            definitions.GetProperty("io.k8s.api.apps.v1.Deployment")
                .GetProperty("x-kubernetes-group-version-kind").GetRawText());
        Assert.Equal(
            "int-or-string",
            definitions.GetProperty("io.k8s.apimachinery.pkg.util.intstr.IntOrString")
                .GetProperty("format").GetString());
    }

    [Fact]
    public void Patches_say_that_the_server_knows_field_validation_and_dry_run()
    {
        using var document = JsonDocument.Parse(OpenApiV3.Document("apps", "v1")!.Value);
        var patch = document.RootElement.GetProperty("paths")
            .GetProperty("/apis/apps/v1/namespaces/{namespace}/deployments/{name}").GetProperty("patch");
        var names = patch.GetProperty("parameters").EnumerateArray()
            .Select(item => item.GetProperty("name").GetString());
        Assert.Equal(["dryRun", "fieldManager", "fieldValidation", "force"], names);
        Assert.Equal("patch", patch.GetProperty("x-kubernetes-action").GetString());
        Assert.Equal("patchAppsV1NamespacedDeployment", patch.GetProperty("operationId").GetString());
        Assert.Equal(
            "Deployment", patch.GetProperty("x-kubernetes-group-version-kind").GetProperty("kind").GetString());
    }

    [Fact]
    public void Every_field_and_every_served_kind_is_described()
    {
        var open = new Stack<TypeSchema>(KindRegistry.All.Select(TypeSchema.Of));
        var seen = new HashSet<TypeSchema>();
        while (open.TryPop(out var schema))
        {
            if (schema.Element is { } element)
            {
                open.Push(element);
            }

            if (schema.Kind != NodeKind.Object || !seen.Add(schema))
            {
                continue;
            }

            Assert.All(schema.Fields, field => Assert.True(field.Doc.Length > 0, $"{schema.GoName}.{field.WireName}"));
            foreach (var field in schema.Fields)
            {
                open.Push(field.Type);
            }
        }

        Assert.All(
            KindRegistry.All, kind => Assert.True(kind.ClrType.IsDefined(typeof(DocAttribute), false), kind.Kind));
    }

    [Fact]
    public void Operation_ids_are_unique()
    {
        using var document = JsonDocument.Parse(OpenApiV2.Json());
        var ids = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Where(operation => operation.Value.ValueKind == JsonValueKind.Object)
            .Select(operation => operation.Value.GetProperty("operationId").GetString()!)
            .ToArray();
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains("readCoreV1NamespacedPodLog", ids);
        Assert.Contains("replaceAppsV1NamespacedDeploymentScale", ids);
        Assert.Contains("listRbacAuthorizationV1ClusterRole", ids);
    }

    private static JsonElement Property(JsonElement definitions, string type, string property) =>
        definitions.GetProperty(type).GetProperty("properties").GetProperty(property);

    private static void AssertReferences(JsonElement element, string prefix, JsonElement definitions)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                AssertReferences(item, prefix, definitions);
            }
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Name == "$ref" && property.Value.ValueKind == JsonValueKind.String)
            {
                var target = property.Value.GetString()!;
                Assert.StartsWith(prefix, target, StringComparison.Ordinal);
                Assert.True(definitions.TryGetProperty(target[prefix.Length..], out _), target);
            }

            AssertReferences(property.Value, prefix, definitions);
        }
    }
}
