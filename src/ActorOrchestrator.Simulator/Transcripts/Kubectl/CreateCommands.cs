using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.Simulator.Transcripts.Kubectl;

/// <summary><c>kubectl create</c>, <c>apply</c> and <c>run</c>.</summary>
internal sealed class CreateCommands(Shell shell, ApiSession api)
{
    /// <summary><c>apply -f -</c>.</summary>
    public void Apply(Arguments arguments, string document)
    {
        foreach (var (target, body) in ReadDocument(arguments, document))
        {
            var before = api.Find(target.Path);
            var answer = api.TrySend(
                "PATCH", $"{target.Path}?fieldManager=kubectl&force=true", body.ToJsonString(), ApiSession.ApplyPatch);
            var after = ApiSession.Answered(answer);
            shell.Say($"{target} " + (answer.Code == HttpCode.Created ? "created"
                : VersionOf(before) == VersionOf(after) ? "unchanged"
                : "configured"));
        }
    }

    /// <summary><c>create -f -</c>, and the short forms for deployments, namespaces and config maps.</summary>
    public void Create(Arguments arguments, string document)
    {
        if (arguments.Flag("filename") is not null)
        {
            foreach (var (target, body) in ReadDocument(arguments, document))
            {
                Post(target, body);
            }

            return;
        }

        var kind = Resources.Find(arguments.Word(1, "the resource"));
        var named = new Target(kind, Resources.NamespaceOf(arguments), arguments.Word(2, "the name"));
        Post(named, kind.Kind switch
        {
            "Deployment" => DeploymentOf(named.Name, arguments),
            "ConfigMap" => new JsonObject { ["data"] = LiteralOf(arguments) },
            "Namespace" => [],
            _ => throw new CommandException($"error: kubectl create {kind.Singular} needs -f - here"),
        });
    }

    /// <summary><c>run NAME --image=IMAGE</c>: one pod.</summary>
    public void Run(Arguments arguments)
    {
        var name = arguments.Word(1, "the name");
        var container = new JsonObject { ["name"] = name, ["image"] = ImageOf(arguments) };
        Post(new Target(Resources.Find("pod"), Resources.NamespaceOf(arguments), name), new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["run"] = name } },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(container),
                ["restartPolicy"] = arguments.Flag("restart") ?? "Always",
            },
        });
    }

    private void Post(Target target, JsonObject body)
    {
        var metadata = body["metadata"] as JsonObject ?? [];
        metadata["name"] = target.Name;
        (body["apiVersion"], body["kind"], body["metadata"]) = (target.Kind.ApiVersion, target.Kind.Kind, metadata);
        api.Send("POST", WorkloadContext.PathOf(target.Kind, target.Namespace, name: null), body.ToJsonString());
        shell.Say($"{target} created");
    }

    private static JsonObject DeploymentOf(string name, Arguments arguments)
    {
        var image = ImageOf(arguments);
        var labels = new JsonObject { ["app"] = name };
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["replicas"] = Words.Number(arguments.Flag("replicas") ?? "1"),
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
                    ["spec"] = new JsonObject
                    {
                        ["containers"] = new JsonArray(new JsonObject
                        {
                            ["name"] = image.Split('/')[^1].Split(':', '@')[0],
                            ["image"] = image,
                        }),
                    },
                },
            },
        };
    }

    private static JsonObject LiteralOf(Arguments arguments) =>
        arguments.Flag("from-literal")?.Split('=', 2) is [var key, var value]
            ? new JsonObject { [key] = value }
            : [];

    private static string ImageOf(Arguments arguments) =>
        arguments.Flag("image") ?? throw new CommandException("error: required flag(s) \"image\" not set");

    private static IEnumerable<(Target Target, JsonObject Body)> ReadDocument(Arguments arguments, string document)
    {
        if (arguments.Flag("filename") != "-")
        {
            throw new CommandException("error: a transcript's documents come by -f - <<EOF");
        }

        foreach (var json in KubeYaml.ToJson(document))
        {
            var body = JsonNode.Parse(Encoding.UTF8.GetString(json))!.AsObject();
            var (apiVersion, kindName) = KubeJson.PeekType(json);
            var kind = KindRegistry.Find(apiVersion, kindName) ?? throw new CommandException(
                $"error: resource mapping not found for kind \"{kindName}\" in version \"{apiVersion}\"");
            var metadata = body["metadata"];
            yield return (new Target(
                kind, metadata?["namespace"]?.ToString() ?? Resources.NamespaceOf(arguments),
                metadata?["name"]?.ToString() ?? throw new CommandException("error: resource name may not be empty")),
                body);
        }
    }

    private static string? VersionOf(JsonObject? value) => value?["metadata"]?["resourceVersion"]?.ToString();
}
