using System.CommandLine;
using System.Text.Json;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator server</c>.</summary>
internal static class ServerCommand
{
    public static Command Create()
    {
        var machine = new MachineOptions();
        var listen = new Option<string[]>("--listen")
        {
            Description = "Address and port of the API (default 0.0.0.0:6443); may be given several times.",
        };
        var print = new Option<bool>("--print-settings") { Description = "Print hocon/reference.conf and exit." };
        var command = new Command("server", "Run the control plane and this machine's node, until SIGTERM. "
            + "Containers run on when it stops, and it takes them over when it starts again.")
        {
            listen, print,
        };
        machine.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            if (result.GetValue(print))
            {
                Console.Out.Write(ServerSettings.ReferenceText());
                return 0;
            }

            var given = result.GetValue(listen) is { Length: > 0 } endpoints
                ? new[] { ("api.listen", JsonSerializer.Serialize(endpoints)) }
                : [];
            return await machine.RunAsync(result, given, Server.RunAsync, cancellation);
        });
        return command;
    }
}
