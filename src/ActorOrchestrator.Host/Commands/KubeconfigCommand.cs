using System.CommandLine;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator kubeconfig</c>: the administrator's kubeconfig of a data directory, with the members'
/// servers.</summary>
internal static class KubeconfigCommand
{
    public const string FileName = "admin.kubeconfig";

    /// <summary>A member that runs answers in a fraction of it; without one the file is good as it is.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var dataDirectory = new Option<string?>("--data-dir") { Description = "The server's data directory." };
        var server = new Option<string?>("--server")
        {
            Description = "Where the API of this member is for whoever uses the kubeconfig, as ADDRESS or "
                + "ADDRESS:PORT (default: the port of this one): on another machine, 127.0.0.1 is that one.",
        };
        var command = new Command("kubeconfig", "Print the administrator's kubeconfig that the server wrote. Each "
            + "other member that lives has a context of its own in it ('kubectl config get-contexts').")
        {
            dataDirectory, server,
        };
        command.SetAction((result, cancellation) =>
            PrintAsync(result.GetValue(dataDirectory), result.GetValue(server), cancellation));
        return command;
    }

    private static async Task<int> PrintAsync(string? dataDirectory, string? server, CancellationToken cancellation)
    {
        try
        {
            var settings = ServerSettings.Load(null, MachineOptions.DataDirectory(dataDirectory));
            var file = Path.Combine(settings.DataDirectory, FileName);
            var config = KubeconfigFile.Read(file);
            var given = server is null ? null : JoinCommand.ServerOf(server, config.Server.Port);
            Console.Out.Write(Kubeconfig.With(
                await File.ReadAllTextAsync(file, cancellation), given, await OthersAsync(config, cancellation)));
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failures.Show($"the kubeconfig cannot be read: {FailureWords.Of(failure)}");
        }
    }

    /// <summary>None where nobody answers, which is told.</summary>
    private static async Task<IReadOnlyList<(string Node, Uri Server)>> OthersAsync(
        KubeconfigFile config, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(AnswerWithin);
        try
        {
            using var api = ApiConnection.Open(config);
            return (await OtherMembers.ReadAsync(api, bounded.Token)).Servers;
        }
        catch (ServerStartException away)
        {
            Console.Error.WriteLine($"orchestrator: without the other members: {away.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("orchestrator: without the other members: this one does not answer within "
                + $"{AnswerWithin.TotalSeconds:0} s");
        }

        return [];
    }
}
