using System.CommandLine;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator join</c>: makes this machine a member of a cluster.</summary>
internal static class JoinCommand
{
    private const int ApiPort = 6443;
    private const string Variable = "ACTOR_ORCHESTRATOR_TOKEN";

    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS")
        {
            Description = $"A member's API, as ADDRESS or ADDRESS:PORT (default port {ApiPort}).",
        };
        var token = new Option<string?>("--token")
        {
            Description = "What 'orchestrator token create' printed on a member. All users of the machine can see it "
                + $"here; in --token-file or the environment ({Variable}) they cannot.",
        };
        var tokenFile = new Option<string?>("--token-file") { Description = "A file with the token." };
        var prepareOnly = new Option<bool>("--prepare-only")
        {
            Description = "Write the files, and start no server: 'orchestrator server' with the same --data-dir does.",
        };
        var (machine, member) = (new MachineOptions(), new MemberOptions());
        var command = new Command("join", "Make this machine a member of a cluster, and run its server until SIGTERM. "
            + "The cluster is known by its token before anything is sent to it; the keys, the journal and the settings "
            + "that all members share come from it, and are kept in the data directory: from then on 'orchestrator "
            + "server' starts the member. Run again, this goes on where it was.")
        {
            address, token, tokenFile, prepareOnly,
        };
        member.AddTo(command);
        machine.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            result.GetValue(address)!, () => TokenOf(result.GetValue(token), result.GetValue(tokenFile)),
            () => [.. member.Read(result), .. machine.Read(result)], result.GetValue(prepareOnly), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string address, Func<JoinToken> token, Func<IReadOnlyList<(string Path, string Value)>> read,
        bool prepareOnly, CancellationToken cancellation)
    {
        try
        {
            var given = read();
            var done = await new Joiner(ServerOf(address), token(), given).PrepareAsync(cancellation);
            Console.Error.WriteLine($"orchestrator: {done}");
            return prepareOnly
                ? 0
                : await MachineOptions.RunAsync(
                    () => ServerSettings.Load(null, given), Server.RunAsync, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure.Message);
        }
    }

    /// <exception cref="ServerStartException">It names no server.</exception>
    public static Uri ServerOf(string address)
    {
        var text = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? address : $"https://{address}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server is not { PathAndQuery: "/", UserInfo: "" })
        {
            throw new ServerStartException(
                $"ADDRESS: \"{address}\" names no server: such as 10.0.0.1 or 10.0.0.1:{ApiPort}");
        }

        // A URL's own default port is 443, which is meant only by who writes it.
        return server.IsDefaultPort && !address.TrimEnd('/').EndsWith(":443", StringComparison.Ordinal)
            ? new UriBuilder(server) { Port = ApiPort }.Uri
            : server;
    }

    private static JoinToken TokenOf(string? token, string? file)
    {
        var given = token ?? Read(file) ?? Environment.GetEnvironmentVariable(Variable)
            ?? throw new ServerStartException("a token is needed: --token takes what 'orchestrator token create' "
                + "prints on a member of the cluster");
        return JoinToken.Parse(given, out var problem)
            ?? throw new ServerStartException($"this is no token to join with: {problem}. "
                + "--token takes what 'orchestrator token create' prints, as a whole");
    }

    private static string? Read(string? file)
    {
        try
        {
            return file is null ? null : File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"--token-file: {failure.Message}", failure);
        }
    }
}
