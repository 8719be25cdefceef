using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Patching;

/// <summary>
/// Server-side apply: merges a configuration into the live object, makes its fields the applier's, removes the fields
/// that the applier named before but not now and that nobody else owns, and refuses (409) to change a field of
/// another manager unless forced. Equal values are owned by all who applied them.
/// </summary>
public static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";

    /// <summary>
    /// The object after the apply, as JSON with its <c>metadata.managedFields</c>. Without a live object it is a new
    /// one.
    /// </summary>
    public static PatchResult Apply(
        ResourceKind kind, KubeObject? live, JsonNode config, FieldWriter writer, bool force)
    {
        if (Check(kind, config) is { } refusal)
        {
            return new PatchResult.Refused(refusal);
        }

        var type = ManagedFields.TypeOf(kind);
        if (AppliedConfig.TryRead(config.AsObject(), type, out var errors) is not { } wanted)
        {
            var text = errors.Count == 1 ? errors[0] : $"errors:\n  {string.Join("\n  ", errors)}";
            return new PatchResult.Refused(PatchFailure.BadRequest(
                $"failed to create typed patch object ({Name(kind, config)}): {text}"));
        }

        FoldStringData(kind, wanted);
        var before = live is null ? ManagedFields.EmptyObject(kind) : ManagedFields.Element(live);
        var managers = live is null ? FieldManagers.None : FieldManagers.TryRead(live.Metadata.ManagedFields);
        if (managers is null)
        {
            return new PatchResult.Refused(PatchFailure.Unprocessable("failed to decode managed fields"));
        }

        if (managers.IsEmpty && live is not null)
        {
            var unknown = writer with { Manager = BeforeFirstApply, Subresource = null };
            managers = ManagedFields.Updated(
                kind, ManagedFields.EmptyObject(kind), before, FieldManagers.None, unknown);
        }

        var known = managers;
        if (live is not null)
        {
            managers = SystemFields.Claim(kind, type, before, managers, writer);
        }

        return new Application(kind, type, before, wanted, managers, known, writer).Run(force);
    }

    /// <summary>
    /// A Secret's <c>stringData</c> is only written, never read: it is applied as the <c>data</c> that it becomes, so
    /// that its applier owns what is there.
    /// </summary>
    private static void FoldStringData(ResourceKind kind, JsonObject config)
    {
        if (kind.ClrType != typeof(Core.Secret) || config["stringData"] is not JsonObject texts)
        {
            return;
        }

        config.Remove("stringData");
        if (config["data"] is not JsonObject data)
        {
            config["data"] = data = [];
        }

        foreach (var (key, value) in texts)
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(value)));
        }
    }

    private static PatchFailure? Check(ResourceKind kind, JsonNode config)
    {
        if (config is not JsonObject map)
        {
            return PatchFailure.BadRequest("error decoding patch: an applied configuration must be an object");
        }

        var (apiVersion, name) = (Text(map["apiVersion"]), Text(map["kind"]));
        if (apiVersion != kind.ApiVersion)
        {
            return PatchFailure.BadRequest("Incorrect version specified in apply patch. Specified patch version: "
                + $"{apiVersion}, expected: {kind.ApiVersion}");
        }

        if (name != kind.Kind)
        {
            return PatchFailure.BadRequest(
                $"invalid object type: {apiVersion}, Kind={name}, expected: {kind.ApiVersion}, Kind={kind.Kind}");
        }

        return map["metadata"] is JsonObject metadata && metadata["managedFields"] is not null
            ? PatchFailure.BadRequest("metadata.managedFields must be nil")
            : null;
    }

    private static string Name(ResourceKind kind, JsonNode config)
    {
        var metadata = config["metadata"] as JsonObject;
        return $"{Text(metadata?["namespace"])}/{Text(metadata?["name"])}; {kind.ApiVersion}, Kind={kind.Kind}";
    }

    private static string Text(JsonNode? node) => StrategicDirectives.Text(node) ?? "";

    /// <summary>One run, with everything that it reads.</summary>
    private sealed record Application(
        ResourceKind Kind, FieldType Type, JsonElement Live, JsonObject Config, FieldManagers Managers,
        FieldManagers Known, FieldWriter Writer)
    {
        public PatchResult Run(bool force)
        {
            var fields = ManagedFields.Stripped(Taken(AppliedFields.Of(Config, Type)));
            var self = FieldOwner.Of(Writer, applies: true, fields);
            var last = Managers.Find(self);
            var managers = Managers.With(self);
            var live = JsonTree.Node(JsonMarshal.GetRawUtf8Value(Live))!.AsObject();
            var pruned = Prune(AppliedFields.Merge(live, Config, Type), managers, last?.Fields ?? FieldSet.Empty);
            if (Canonical(pruned, out var refusal) is not { } json)
            {
                return new PatchResult.Refused(refusal);
            }

            var merged = JsonTree.Element(json);
            var comparison = FieldComparison.Of(Live, merged, Type).Select(Taken);
            var changed = comparison.Changed;
            if (!force)
            {
                var conflicts = FieldConflicts.Of(managers, self, changed);
                if (Writer.Manager == "kubectl" && conflicts.Count > 0)
                {
                    conflicts = FieldConflicts.Without(conflicts, LastAppliedConfig.FieldsOf(Kind, Type, live, Live));
                }

                if (conflicts.Count > 0)
                {
                    return new PatchResult.Refused(FieldConflicts.ToFailure(conflicts));
                }
            }

            managers = managers.LoseFields(changed, self).LoseFields(comparison.Removed, self);

            // An apply that changes nothing leaves no trace, not even a new time.
            if (last is not null && last.Fields.SameAs(fields) && JsonElement.DeepEquals(Live, merged))
            {
                managers = Known.With(self with { Time = last.Time, ApiVersion = last.ApiVersion });
            }

            var result = JsonTree.Node(json)!.AsObject();
            if (Writer.Manager == "kubectl")
            {
                LastAppliedConfig.Refresh(result, Config);
            }

            return new PatchResult.Patched(WithManagers(result, managers));
        }

        /// <summary>
        /// Takes out what the applier named last time, then puts back what somebody owns: another manager, or the
        /// applier again.
        /// </summary>
        private JsonObject Prune(JsonObject merged, FieldManagers managers, FieldSet last)
        {
            if (last.IsEmpty)
            {
                return merged;
            }

            var pruned = AppliedFields.Remove(merged, Named(last), Type);
            var owned = managers.Owners.Aggregate(
                ManagedFields.Identity, (all, owner) => all.Union(owner.Fields));
            pruned = PutBack(merged, pruned, gone => gone.Except(Named(owned)));
            return PutBack(merged, pruned, gone => gone.Intersect(Named(last)));
        }

        /// <summary>Removes from the merged object only those of the pruned fields that the choice keeps.</summary>
        private JsonObject PutBack(JsonObject merged, JsonObject pruned, Func<FieldSet, FieldSet> choose)
        {
            var gone = Named(AppliedFields.Of(merged, Type)).Except(Named(AppliedFields.Of(pruned, Type)));
            return AppliedFields.Remove(merged, choose(gone), Type);
        }

        private FieldSet Taken(FieldSet fields) => ManagedFields.Taken(Kind, Writer.Subresource, fields);

        private FieldSet Named(FieldSet fields) => fields.WithNamedFields(IsNamed);

        /// <summary>Whether a name, below a path, is a struct's field.</summary>
        private bool IsNamed(IReadOnlyList<string> path, string name)
        {
            FieldType? type = Type;
            foreach (var element in path)
            {
                if (type is not { } current)
                {
                    return false;
                }

                type = PathElement.FieldName(element) is { } field
                    ? current.Child(field)
                    : current.Type.Element is null ? null : current.Element;
            }

            return type?.IsNamed(name) ?? false;
        }

        /// <summary>The document as the model writes it, so that equal objects compare equal.</summary>
        private byte[]? Canonical(JsonObject document, out PatchFailure refusal)
        {
            var json = JsonTree.Encode(document);
            var outcome = KubeJson.Decode(json, Kind, FieldValidation.Ignore);
            refusal = PatchFailure.BadRequest(outcome is DecodeOutcome.Refused refused ? refused.Message : "");
            return outcome is DecodeOutcome.Decoded decoded ? ManagedFields.Encode(decoded.Object) : null;
        }

        private static JsonObject WithManagers(JsonObject document, FieldManagers managers)
        {
            var list = new JsonArray();
            foreach (var entry in managers.ToEntries())
            {
                list.Add(JsonTree.Node(KubeJson.Encode(entry)));
            }

            if (document["metadata"] is not JsonObject)
            {
                document["metadata"] = new JsonObject();
            }

            document["metadata"]!["managedFields"] = list;
            return document;
        }
    }
}
