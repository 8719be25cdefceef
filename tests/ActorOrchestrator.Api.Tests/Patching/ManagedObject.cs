using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Patching;

/// <summary>One object under the hands of several managers, each write a minute after the one before.</summary>
internal sealed class ManagedObject(string apiVersion, string kind)
{
    private readonly ResourceKind _kind =
        KindRegistry.TryFindKind(apiVersion, kind, out var found) ? found : throw new KeyNotFoundException(kind);

    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, 123, TimeSpan.Zero);

    public KubeObject? Live { get; private set; }

    public PatchResult TryApply(string manager, string config, bool force = false, string? subresource = null)
    {
        var document = JsonText.Object(config);
        document["apiVersion"] ??= apiVersion;
        document["kind"] ??= kind;
        var result = ServerSideApply.Apply(_kind, Live, document, Writer(manager, subresource), force);
        if (result is PatchResult.Patched patched)
        {
            Live = Read(patched.Node);
        }

        return result;
    }

    public ManagedObject Apply(string manager, string config, bool force = false, string? subresource = null)
    {
        var result = TryApply(manager, config, force, subresource);
        Assert.True(result is PatchResult.Patched, result.ToString());
        return this;
    }

    /// <summary>A write that is no apply: a merge patch, or the object itself when it is not there yet.</summary>
    public ManagedObject Update(string manager, string patch, string? subresource = null)
    {
        var writer = Writer(manager, subresource);
        if (Live is null)
        {
            var document = JsonText.Object(patch);
            document["apiVersion"] = apiVersion;
            document["kind"] = kind;
            var created = Read(document);
            var owned = ManagedFields.OfCreated(created, writer);
            Live = created with { Metadata = created.Metadata with { Uid = "u", ManagedFields = owned } };
            return this;
        }

        var updated = Patched(patch);
        Live = updated with
        {
            Metadata = updated.Metadata with { ManagedFields = ManagedFields.OfUpdated(Live, updated, writer) },
        };
        return this;
    }

    /// <summary>A write of the cluster itself: a merge patch.</summary>
    public ManagedObject Write(string patch)
    {
        _now += TimeSpan.FromMinutes(1);
        var written = Patched(patch);
        Live = SystemFields.Written(Live!, written, _now) ?? written;
        return this;
    }

    /// <summary>Asserts one line an owner: <c>manager Operation [subresource] minute fields</c>.</summary>
    public void AssertOwners(params string[] expected) =>
        Assert.Equal(expected.Select(line => line.Replace('\'', '"')), Live!.Metadata.ManagedFields.Select(Show));

    /// <summary>Asserts a part of the object, below its root, as JSON.</summary>
    public void AssertPart(string name, string expected) =>
        JsonText.AssertSame(expected, JsonNode.Parse(KubeJson.Encode(Live!))![name]);

    private KubeObject Patched(string patch)
    {
        var live = JsonNode.Parse(KubeJson.Encode(Live!))!.AsObject();
        return Read(Assert.IsType<PatchResult.Patched>(MergePatch.Apply(live, JsonText.Parse(patch)!)).Node);
    }

    private static string Show(ManagedFieldsEntry entry)
    {
        var subresource = entry.Subresource is null ? "" : $" {entry.Subresource}";
        return $"{entry.Manager} {entry.Operation}{subresource} {entry.Time:mm} {entry.FieldsV1}";
    }

    private static KubeObject Read(JsonNode node) => KubeJson.ReadObject(Encoding.UTF8.GetBytes(node.ToJsonString()));

    private FieldWriter Writer(string manager, string? subresource)
    {
        _now += TimeSpan.FromMinutes(1);
        return new FieldWriter(manager, apiVersion, subresource, _now);
    }
}
