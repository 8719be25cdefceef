using System.CommandLine;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator server</c>.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var config = MachineOptions.Config();
        var (machine, member) = (new MachineOptions(), new MemberOptions());
        var print = new Option<bool>("--print-settings") { Description = "Print hocon/reference.conf and exit." };
        var command = new Command("server", "Run the control plane and this machine's node, until SIGTERM. "
            + "Containers run on when it stops, and it takes them over when it starts again.")
        {
            config, print,
        };
        member.AddTo(command);
        machine.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            if (result.GetValue(print))
            {
                Console.Out.Write(ServerSettings.ReferenceText());
                return 0;
            }

            return await MachineOptions.RunAsync(
                () => ServerSettings.Load(result.GetValue(config), [.. member.Read(result), .. machine.Read(result)]),
                Server.RunAsync, cancellation);
        });
        return command;
    }
}
