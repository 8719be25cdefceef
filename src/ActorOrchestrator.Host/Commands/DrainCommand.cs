using System.CommandLine;
using ActorOrchestrator.Host.Drains;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator drain</c>, and <c>orchestrator uncordon</c>, which takes it back.</summary>
internal static class DrainCommand
{
    private const string TimeoutDefault = "30m";

    public static Command Create()
    {
        var node = Node();
        var timeout = new Option<string>("--timeout")
        {
            Description = "How long to wait for pods and their budgets, as 90s, 30m or 2h; 0: until it is done.",
            DefaultValueFactory = _ => TimeoutDefault,
        };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var given }] && TimeToLive.Parse(given) is null)
            {
                result.AddError($"--timeout {given}: a time such as 90s, 30m or 2h is expected, or 0");
            }
        });
        var force = new Option<bool>("--force") { Description = "End pods, too, that nobody makes again." };
        var cluster = new ClusterOptions();
        var command = new Command("drain", "Empty a node before work on its machine: it gets no more pods, and those "
            + "that it has are evicted as their PodDisruptionBudgets allow, and replaced elsewhere. Daemons and static "
            + "pods stay; what pods have in emptyDir volumes goes with them. Ends when all have gone, or with the exit "
            + "code 1 and those that are left. 'orchestrator uncordon' takes it back.")
        {
            node, timeout, force,
        };
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            await new NodeDrain(api, result.GetRequiredValue(node), Console.WriteLine).RunAsync(
                result.GetValue(force), TimeToLive.Parse(result.GetRequiredValue(timeout))!.Value, cancellation);
            return 0;
        }));
        return command;
    }

    public static Command CreateUncordon()
    {
        var node = Node();
        var cluster = new ClusterOptions();
        var command = new Command("uncordon", "Let a node that was drained get pods again.") { node };
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            await new NodeDrain(api, result.GetRequiredValue(node), Console.WriteLine).UncordonAsync(cancellation);
            return 0;
        }));
        return command;
    }

    private static Argument<string> Node() => new("NODE") { Description = "The name of the machine's Node." };
}
