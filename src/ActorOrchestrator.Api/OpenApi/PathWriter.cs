using System.Text.Json;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;

namespace ActorOrchestrator.Api.OpenApi;

/// <summary>
/// Writes the paths of kinds: what verbs there are, of which kind, and with which query parameters. kubectl reads here
/// whether the server knows <c>dryRun</c> and <c>fieldValidation</c>, and which kind a resource is.
/// </summary>
internal sealed class PathWriter(Utf8JsonWriter writer, Dialect dialect)
{
    private static readonly string[] Bodies = ["application/json", "application/yaml"];

    private static readonly string[] Patches =
    [
        "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json", "application/apply-patch+yaml",
    ];

    public void WriteAll(IEnumerable<ResourceKind> kinds)
    {
        foreach (var kind in kinds)
        {
            if (kind.IsListed)
            {
                WriteStored(kind);
            }
            else if (KindRegistry.TryFindResource(kind.Group, kind.Version, kind.Plural, out _))
            {
                WritePath(Collection(kind), kind, [new(Verb.Create, kind)]);
            }
        }
    }

    private void WriteStored(ResourceKind kind)
    {
        if (kind.Namespaced)
        {
            WritePath($"{Root(kind)}/{kind.Plural}", null, [new(Verb.List, kind, Suffix: "ForAllNamespaces")]);
        }

        var item = Collection(kind) + "/{name}";
        if (kind.IsReadOnly)
        {
            WritePath(Collection(kind), kind, [new(Verb.List, kind)]);
            WritePath(item, kind, [new(Verb.Get, kind)]);
            return;
        }

        WritePath(
            Collection(kind), kind,
            kind.HasDeleteCollection
                ? [new(Verb.List, kind), new(Verb.Create, kind), new(Verb.DeleteCollection, kind)]
                : [new(Verb.List, kind), new(Verb.Create, kind)]);
        WritePath(
            item, kind,
            [new(Verb.Get, kind), new(Verb.Replace, kind), new(Verb.Delete, kind), new(Verb.Patch, kind)]);
        if (kind.HasStatus)
        {
            WriteSubresource(item + "/status", kind, kind, "Status");
        }

        if (kind.HasScale)
        {
            WriteSubresource(item + "/scale", kind, KindRegistry.Of<Scale>(), "Scale");
        }

        if (kind.ClrType != typeof(Pod))
        {
            return;
        }

        WriteSubresource(item + "/ephemeralcontainers", kind, kind, "Ephemeralcontainers");
        WriteSubresource(item + "/resize", kind, kind, "Resize");
        WritePath(item + "/log", kind, [new(Verb.Get, kind, Suffix: "Log", IsText: true)]);
        WritePath(item + "/binding", kind, [new(Verb.Create, KindRegistry.Of<Binding>(), kind, "Binding")]);
        WritePath(item + "/eviction", kind, [new(Verb.Create, KindRegistry.Of<Eviction>(), kind, "Eviction")]);
    }

    private void WriteSubresource(string path, ResourceKind owner, ResourceKind kind, string suffix) => WritePath(
        path, owner,
        [
            new(Verb.Get, kind, owner, suffix), new(Verb.Replace, kind, owner, suffix),
            new(Verb.Patch, kind, owner, suffix),
        ]);

    private static string Root(ResourceKind kind) =>
        kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";

    private static string Collection(ResourceKind kind) => kind.Namespaced
        ? $"{Root(kind)}/namespaces/{{namespace}}/{kind.Plural}"
        : $"{Root(kind)}/{kind.Plural}";

    /// <summary>One path. The path's own parameters are those in its text.</summary>
    private void WritePath(string path, ResourceKind? addressed, IReadOnlyList<Operation> operations)
    {
        writer.WriteStartObject(path);
        foreach (var operation in operations)
        {
            WriteOperation(operation);
        }

        writer.WriteStartArray("parameters");
        if (path.Contains("{name}", StringComparison.Ordinal))
        {
            WritePathParameter("name", $"Name of the {addressed?.Kind}.");
        }

        if (path.Contains("{namespace}", StringComparison.Ordinal))
        {
            WritePathParameter("namespace", "Namespace of the object.");
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteOperation(Operation operation)
    {
        var (verb, kind) = (operation.Verb, operation.Kind);
        writer.WriteStartObject(verb.Method);
        writer.WriteString("description", operation.Description);
        writer.WriteString("operationId", operation.Id);
        writer.WriteStartArray("tags");
        writer.WriteStringValue(operation.Tag);
        writer.WriteEndArray();
        var body = DefinitionNames.Of(kind.ClrType);
        writer.WriteStartArray("parameters");
        if (verb.HasBody)
        {
            dialect.WriteBodyParameter(writer, body);
        }

        foreach (var parameter in verb.Parameters)
        {
            WriteQueryParameter(parameter);
        }

        writer.WriteEndArray();
        if (verb.HasBody)
        {
            dialect.WriteRequestBody(writer, body, verb == Verb.Patch ? Patches : Bodies);
        }

        WriteResponses(operation);
        writer.WriteString("x-kubernetes-action", verb.Action);
        writer.WriteStartObject("x-kubernetes-group-version-kind");
        writer.WriteString("group", kind.Group);
        writer.WriteString("kind", kind.Kind);
        writer.WriteString("version", kind.Version);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteResponses(Operation operation)
    {
        var answer = operation switch
        {
            { IsText: true } => null,
            { Verb: var verb } when verb == Verb.List => DefinitionNames.ListOf(operation.Kind),
            { Verb: var verb } when verb == Verb.Delete || verb == Verb.DeleteCollection =>
                DefinitionNames.Of(typeof(Status)),
            _ => DefinitionNames.Of(operation.Kind.ClrType),
        };
        writer.WriteStartObject("responses");
        writer.WriteStartObject(operation.Verb == Verb.Create ? "201" : "200");
        writer.WriteString("description", operation.Verb == Verb.Create ? "Created" : "OK");
        dialect.WriteResponse(writer, answer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WritePathParameter(string name, string description)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("in", "path");
        writer.WriteString("description", description);
        writer.WriteBoolean("required", true);
        dialect.WriteParameterType(writer, "string");
        writer.WriteEndObject();
    }

    private void WriteQueryParameter(QueryParameter parameter)
    {
        writer.WriteStartObject();
        writer.WriteString("name", parameter.Name);
        writer.WriteString("in", "query");
        writer.WriteString("description", parameter.Description);
        dialect.WriteParameterType(writer, parameter.Type);
        writer.WriteEndObject();
    }
}
