using System.Text.Json.Nodes;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary><c>kubectl scale</c>, <c>set image</c>, <c>patch</c> and <c>label</c>.</summary>
internal sealed class ChangeCommands(Shell shell, ApiSession api)
{
    private static readonly string[] KeptFlags = ["namespace", "selector"];

    public void Scale(Arguments arguments)
    {
        var replicas = Words.Number(arguments.Flag("replicas")
            ?? throw new CommandException("error: required flag(s) \"replicas\" not set"));
        foreach (var target in Resources.Targets(arguments, 1, api))
        {
            api.Send(
                "PATCH", $"{target.Path}/scale", $$$"""{"spec":{"replicas":{{{replicas}}}}}""", ApiSession.MergePatch);
            shell.Say($"{target} scaled");
        }
    }

    /// <summary><c>set image deployment/web app=app:v2</c>; <c>*</c> means every container.</summary>
    public void SetImage(Arguments arguments)
    {
        if (arguments.Word(1, "what to set") != "image")
        {
            throw new CommandException("error: only kubectl set image is there");
        }

        var (target, images) = Resources.One(arguments, 2);
        var before = api.Get(target.Path);
        var names = before["spec"]!["template"]!["spec"]!["containers"]!.AsArray()
            .Select(container => $"{container!["name"]}").ToList();
        var containers = new JsonArray();
        foreach (var pair in images.Select(image => image.Split('=', 2)))
        {
            foreach (var name in pair[0] == "*" ? names : [pair[0]])
            {
                containers.Add(new JsonObject { ["name"] = Existing(name), ["image"] = pair[^1] });
            }
        }

        var after = api.Send("PATCH", target.Path, new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = containers } },
            },
        }.ToJsonString(), ApiSession.StrategicPatch);
        if (!JsonNode.DeepEquals(before["spec"], after["spec"]))
        {
            shell.Say($"{target} image updated");
        }

        string Existing(string name) => names.Contains(name)
            ? name
            : throw new CommandException($"error: unable to find container named \"{name}\"");
    }

    public void Patch(Arguments arguments)
    {
        var (target, _) = Resources.One(arguments, 1);
        var patch = arguments.Flag("patch") ?? throw new CommandException("error: must specify --patch or -p");
        var before = api.Get(target.Path);
        var subresource = arguments.Flag("subresource") is { } name ? $"/{name}" : "";
        var after = api.Send("PATCH", target.Path + subresource, patch, arguments.Flag("type") switch
        {
            "merge" => ApiSession.MergePatch,
            "json" => ApiSession.JsonPatch,
            _ => ApiSession.StrategicPatch,
        });
        var isSame = $"{before["metadata"]!["resourceVersion"]}" == $"{after["metadata"]!["resourceVersion"]}";
        shell.Say($"{target} patched{(isSame ? " (no change)" : "")}");
    }

    /// <summary><c>label pod web key=value other-</c>.</summary>
    public void Label(Arguments arguments)
    {
        var isChange = (string word) => word.Contains('=') || word.EndsWith('-');
        var changes = arguments.Words.Where(isChange).ToList();
        var named = Arguments.Parse([.. arguments.Words.Where(word => !isChange(word)), .. Kept(arguments)]);
        foreach (var target in Resources.Targets(named, 1, api))
        {
            Label(target, changes, arguments.IsSet("overwrite"));
        }
    }

    private void Label(Target target, List<string> changes, bool mayOverwrite)
    {
        var before = api.Get(target.Path)["metadata"]!["labels"] as JsonObject ?? [];
        var labels = new JsonObject();
        foreach (var change in changes)
        {
            var parts = change.Split('=', 2);
            var key = parts.Length == 2 ? parts[0] : change[..^1];
            if (parts.Length == 2 && before[key] is { } old && $"{old}" != parts[1] && !mayOverwrite)
            {
                throw new CommandException($"error: '{key}' already has a value ({old}), and --overwrite is false");
            }

            labels[key] = parts.Length == 2 ? parts[1] : null;
        }

        var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels } };
        var after = api.Send("PATCH", target.Path, patch.ToJsonString(), ApiSession.MergePatch);
        var isSame = JsonNode.DeepEquals(before, after["metadata"]!["labels"] as JsonObject ?? []);
        var isRemoval = changes.All(change => change.EndsWith('-'));
        shell.Say($"{target} {(isSame ? "not labeled" : isRemoval ? "unlabeled" : "labeled")}");
    }

    private static IEnumerable<string> Kept(Arguments arguments) =>
        from flag in KeptFlags
        let value = arguments.Flag(flag)
        where value is not null
        select $"--{flag}={value}";
}
