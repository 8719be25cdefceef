using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Schema;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Tests.Validation;

namespace ActorOrchestrator.Api.Tests.Patching;

/// <summary>Random documents of real field names, directives and wrong types: no patch may throw or leak.</summary>
public sealed class HostilePatchTests
{
    private const int Rounds = 400;

    private static readonly string[] Names =
    [
        "metadata", "spec", "labels", "finalizers", "ownerReferences", "managedFields", "template", "containers",
        "name", "image", "ports", "containerPort", "protocol", "env", "volumes", "strategy", "type", "rollingUpdate",
        "replicas", "selector", "matchLabels", "tolerations", "app", "uid", "x", "", "status", "resources", "limits",
    ];

    private static readonly string[] Directives =
    [
        "$patch", "$retainKeys", "$setElementOrder/containers", "$setElementOrder/finalizers", "$setElementOrder/",
        "$deleteFromPrimitiveList/finalizers", "$deleteFromPrimitiveList/containers", "$deleteFromPrimitiveList/x",
    ];

    private static readonly string[] Texts =
        ["replace", "delete", "merge", "a", "b", "", "Recreate", "10%", "1Gi", "TCP", "/spec", "/metadata/labels/app"];

    private static readonly Deployment Live = (Deployment)Manifests.Of("Deployment",
        "{'metadata':{'finalizers':['a','b'],'labels':{'app':'x'}},'spec':{'template':{'spec':{'containers':["
        + "{'name':'a','image':'1','ports':[{'containerPort':80}],'env':[{'name':'A','value':'1'}]},"
        + "{'name':'b','image':'1'}]}}}}");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_patch_ends_in_a_document_or_a_refusal(int seed)
    {
        var random = new Random(seed);
        var kind = KindRegistry.Of<Deployment>();
        var target = JsonNode.Parse(KubeJson.Encode(Live))!.AsObject();
        var before = target.ToJsonString();
        var patched = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var patch = Any(random, 6) ?? new JsonObject();
            var text = patch.ToJsonString();
            patched += Check(MergePatch.Apply(target, patch));
            patched += Check(StrategicMergePatch.Apply(target, patch, TypeSchema.Of(kind)));
            patched += Check(JsonPatch.Apply(target, Operations(random)));
            patched += Check(ServerSideApply.Apply(kind, Live, Config(patch), Writer, force: random.Next(2) == 0));
            Assert.Equal(before, target.ToJsonString());
            Assert.Equal(text, patch.ToJsonString());
        }

        Assert.InRange(patched, Rounds / 2, 4 * Rounds);
    }

    [Fact]
    public void A_managed_fields_entry_that_a_client_made_up_does_no_harm()
    {
        var random = new Random(4);
        for (var round = 0; round < Rounds; round++)
        {
            var fields = (Any(random, 4) ?? new JsonObject()).ToJsonString();
            var updated = Live with
            {
                Metadata = Live.Metadata with
                {
                    ManagedFields =
                    [
                        new ManagedFieldsEntry
                        {
                            Manager = "m", Operation = "Update", ApiVersion = "apps/v1", FieldsType = "FieldsV1",
                            FieldsV1 = RawJson.Parse(fields),
                        },
                    ],
                },
            };
            ManagedFields.OfUpdated(Live, updated, Writer);
        }
    }

    private static FieldWriter Writer => new("fuzz", "apps/v1", null, DateTimeOffset.UnixEpoch);

    private static int Check(PatchResult result)
    {
        if (result is PatchResult.Patched patched)
        {
            JsonSerializer.SerializeToUtf8Bytes(patched.Node);
            return 1;
        }

        var failure = Assert.IsType<PatchResult.Refused>(result).Failure;
        Assert.Contains(failure.Code, new[] { 400, 409, 413, 422 });
        Assert.NotEmpty(failure.Message);
        return 0;
    }

    private static JsonNode Config(JsonNode patch)
    {
        if (patch.DeepClone() is not JsonObject map)
        {
            return patch;
        }

        map["apiVersion"] = "apps/v1";
        map["kind"] = "Deployment";
        return map;
    }

    private static JsonNode Operations(Random random)
    {
        var list = new JsonArray();
        for (var i = random.Next(4); i >= 0; i--)
        {
            list.Add(new JsonObject
            {
                ["op"] = Pick(random, ["add", "remove", "replace", "move", "copy", "test", "x"]),
                ["path"] = Pointer(random),
                ["from"] = Pointer(random),
                ["value"] = Any(random, 3),
            });
        }

        return list;
    }

    private static string Pointer(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(5); i > 0; i--)
        {
            var step = random.Next(4) == 0 ? Pick(random, ["0", "1", "-", "~1", "99"]) : Pick(random, Names);
            text.Append('/').Append(step);
        }

        return text.ToString();
    }

    private static JsonNode? Any(Random random, int depth) => random.Next(depth > 0 ? 8 : 4) switch
    {
        0 => JsonValue.Create(Pick(random, Texts)),
        1 => JsonValue.Create(random.Next(-1, 100)),
        2 => JsonValue.Create(random.Next(2) == 0),
        3 => null,
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Any(random, depth - 1))]),
        _ => Map(random, depth - 1),
    };

    private static JsonObject Map(Random random, int depth)
    {
        var map = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
        {
            map[random.Next(6) == 0 ? Pick(random, Directives) : Pick(random, Names)] = Any(random, depth);
        }

        return map;
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
