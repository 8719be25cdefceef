using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Simulator.Workload;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary><c>kubectl get</c>: tables as the server lays them out; <c>-o wide</c>, <c>-o name</c>, <c>-o yaml</c> and
/// <c>-o jsonpath={.a.b}</c>.</summary>
internal sealed class GetCommand(Shell shell, ApiSession api)
{
    private const string TableAccept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    private const string JsonPathPrefix = "jsonpath=";

    private static readonly (string Flag, string Parameter)[] Selectors =
        [("selector", "labelSelector"), ("field-selector", "fieldSelector")];

    public void Execute(Arguments arguments)
    {
        var words = arguments.Word(1, "the resource").Split(',');
        var isAnyShown = false;
        foreach (var word in words)
        {
            isAnyShown |= Show(word, arguments, words.Length > 1, isAnyShown);
        }

        if (!isAnyShown)
        {
            shell.Say(arguments.IsSet("all-namespaces") || !Resources.Find(words[0].Split('/')[0]).Namespaced
                ? "No resources found"
                : $"No resources found in {Resources.NamespaceOf(arguments)} namespace.");
        }
    }

    /// <returns>Whether there was anything.</returns>
    private bool Show(string word, Arguments arguments, bool isOneOfMany, bool isSeparated)
    {
        var (kind, name) = word.Split('/') is [var type, var named]
            ? (Resources.Find(type), named)
            : (Resources.Find(word), arguments.Words.ElementAtOrDefault(2));
        var everywhere = arguments.IsSet("all-namespaces");
        var @namespace = everywhere || !kind.Namespaced ? null : Resources.NamespaceOf(arguments);
        var path = WorkloadContext.PathOf(kind, @namespace, name);
        switch (arguments.Flag("output"))
        {
            case null or "wide":
                return ShowTable(
                    api.Get(path + Query(arguments, "?includeObject=Object"), TableAccept), arguments,
                    everywhere && kind.Namespaced,
                    isOneOfMany ? $"{Resources.SingularOf(kind)}/" : "", isSeparated);
            case "name":
                Items(api.Get(path + Query(arguments, ""))).ForEach(
                    item => shell.Say($"{Resources.SingularOf(kind)}/{item["metadata"]!["name"]}"));
                return true;
            case "yaml":
                var json = System.Text.Encoding.UTF8.GetBytes(api.Get(path + Query(arguments, "")).ToJsonString());
                shell.Say(KubeYaml.FromJson(json).TrimEnd('\n'));
                return true;
            case { } other when other.StartsWith(JsonPathPrefix, StringComparison.Ordinal):
                shell.Say(JsonPath.Select(api.Get(path + Query(arguments, "")), other[JsonPathPrefix.Length..]));
                return true;
            case { } other:
                throw new CommandException(
                    $"error: unable to match a printer suitable for the output format \"{other}\"");
        }
    }

    private bool ShowTable(
        JsonObject table, Arguments arguments, bool hasNamespace, string namePrefix, bool isSeparated)
    {
        var rows = table["rows"]!.AsArray().Select(row => row!.AsObject()).ToList();
        if (rows.Count == 0)
        {
            return false;
        }

        if (arguments.Flag("sort-by") is { } order)
        {
            rows = [.. rows.OrderBy(row => JsonPath.Select(row["object"]!.AsObject(), order), StringComparer.Ordinal)];
        }

        var layout = new TableLayout(table["columnDefinitions"]!.AsArray())
        {
            IsWide = arguments.Flag("output") == "wide",
            HasNamespace = hasNamespace,
            HasLabels = arguments.IsSet("show-labels"),
            NamePrefix = namePrefix,
        };
        if (isSeparated)
        {
            shell.Say("");
        }

        foreach (var line in layout.Lines(rows).Skip(arguments.IsSet("no-headers") ? 1 : 0))
        {
            shell.Say(line);
        }

        return true;
    }

    private static string Query(Arguments arguments, string first)
    {
        var query = first;
        foreach (var (flag, parameter) in Selectors)
        {
            if (arguments.Flag(flag) is { } value)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{parameter}={Uri.EscapeDataString(value)}";
            }
        }

        return query;
    }

    private static List<JsonObject> Items(JsonObject answer) => answer["items"] is JsonArray items
        ? [.. items.Select(item => item!.AsObject())]
        : [answer];
}
