using System.CommandLine;
using System.Text.Json;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Authorities;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator ca</c>: exchanges the cluster's authority while the cluster runs.</summary>
internal static class AuthorityCommand
{
    public static Command Create() => new("ca", "Exchange the cluster's authority, which signs all certificates, while "
        + "the cluster runs: rotate, issue, finish, and what status says in between.")
    {
        Step("status", null, "Show which authorities are trusted, how far they are exchanged, and what to do next."),
        Step("rotate", "rotate", "Make a new authority, and have all machines trust it beside the present one."),
        Step("issue", "issue", "Have the new authority sign: all machines get certificates of it, and members take "
            + "them when they are restarted, one after the other. Refused while a machine does not trust it."),
        Step("finish", "finish", "Trust the former authority no more: what it signed is refused from then on. Refused "
            + "while a machine still shows such a certificate."),
    };

    private static Command Step(string name, string? step, string description)
    {
        var cluster = new ClusterOptions();
        var command = new Command(name, description);
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var answer = step is null
                ? await api.GetAsync(OpenPaths.Authority, cancellation)
                : await api.PostAsync($"{OpenPaths.Authority}/{step}", [], cancellation);
            if (answer is null)
            {
                return Failures.Show("the member is of an older release, which cannot exchange its authority");
            }

            Show(answer.Value.Deserialize<RotationStatus>(JsonSerializerOptions.Web)!);
            return 0;
        }));
        return command;
    }

    private static void Show(RotationStatus status)
    {
        Console.WriteLine($"phase: {status.Phase}");
        Console.Write(Columns.Of(
            ["AUTHORITY", "DOES"],
            status.Authorities.Select((pin, index) => new[] { pin, index == 0 ? "signs" : "is trusted" })));
        Console.WriteLine();
        Console.Write(Columns.Of(
            ["NODE", "ROLES", "STATE"],
            status.Machines.Select(machine => new[]
            {
                machine.Node, machine.Roles, machine.Lacks.Length > 0 ? machine.Lacks : "ready",
            })));
        Console.WriteLine();
        Console.WriteLine($"next: {status.Next}");
    }
}
