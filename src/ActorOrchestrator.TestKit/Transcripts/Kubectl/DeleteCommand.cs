using System.Text.Json.Nodes;

namespace ActorOrchestrator.TestKit.Transcripts.Kubectl;

/// <summary><c>kubectl delete</c>: with <c>--cascade</c>, <c>--grace-period</c> and <c>--force</c>; it waits until the
/// objects are gone unless told <c>--wait=false</c>.</summary>
internal sealed class DeleteCommand(Shell shell, ApiSession api)
{
    private static readonly TimeSpan GoneMax = TimeSpan.FromMinutes(10);

    public void Execute(Arguments arguments)
    {
        var targets = Resources.Targets(arguments, 1, api);
        if (targets.Count == 0)
        {
            shell.Say("No resources found");
        }

        var isForced = arguments.IsSet("force");
        var waiting = new List<(Target Target, string Uid)>();
        foreach (var target in targets)
        {
            var answer = api.Send("DELETE", target.Path, Options(arguments, isForced).ToJsonString());
            var place = target.Kind.Namespaced ? $" from {target.Namespace} namespace" : "";
            shell.Say($"{Resources.SingularOf(target.Kind)} \"{target.Name}\" "
                + (isForced ? "force deleted" : "deleted") + place);
            if (answer["metadata"]?["uid"]?.ToString() is { } uid)
            {
                waiting.Add((target, uid));
            }
        }

        if (arguments.IsSet("wait", otherwise: !isForced))
        {
            var within = arguments.Flag("timeout") is { } given ? Words.Span(given) : GoneMax;
            Wait(waiting, within);
        }
    }

    private void Wait(List<(Target Target, string Uid)> waiting, TimeSpan within)
    {
        var end = shell.World.Now + within;
        while (waiting.FirstOrDefault(IsThere) is { Uid: not null } left)
        {
            if (shell.World.Now >= end)
            {
                throw new CommandException($"error: timed out waiting for the condition on {left.Target}");
            }

            shell.World.Pass(TimeSpan.FromSeconds(1));
        }
    }

    private bool IsThere((Target Target, string Uid) one)
    {
        var answer = api.TrySend("GET", one.Target.Path);
        return answer.Code == 0
            || (answer.IsOk && ApiSession.Answered(answer)["metadata"]!["uid"]!.ToString() == one.Uid);
    }

    private static JsonObject Options(Arguments arguments, bool isForced)
    {
        var options = new JsonObject
        {
            ["propagationPolicy"] = arguments.Flag("cascade") switch
            {
                "orphan" => "Orphan",
                "foreground" => "Foreground",
                _ => "Background",
            },
        };
        var grace = arguments.Flag("grace-period") ?? (isForced ? "0" : null);
        if (grace is not null)
        {
            options["gracePeriodSeconds"] = Words.Number(grace);
        }

        return options;
    }
}
