using System.CommandLine;
using System.CommandLine.Parsing;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Host.Joining;
using ActorOrchestrator.Host.Remote;
using ActorOrchestrator.Host.Serving;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator join</c>: makes this machine a member of a cluster, or one that runs its pods.</summary>
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
            Description = "Write the files, and start nothing: 'orchestrator server' with the same --data-dir does, or "
                + "'orchestrator node run' if the machine only runs pods.",
        };
        var role = Role("What this machine becomes, as the token says: control, a member of the control plane with a "
            + "node; node, a machine that only runs pods.");
        var (machine, member) = (new MachineOptions(), new MemberOptions());
        var command = new Command("join", "Make this machine a member of a cluster, and run its server until SIGTERM; "
            + "or, with --role node, one that only runs pods. The cluster is known by its token before anything is "
            + "sent to it. What a member shares with the others comes from it, and is kept in the data directory: from "
            + "then on 'orchestrator server' starts the member. A machine that only runs pods makes its own keys, gets "
            + "certificates for them and no secret, and is started by 'orchestrator node run' from then on. Run again, "
            + "this goes on where it was.")
        {
            address, token, tokenFile, role, prepareOnly,
        };
        member.AddTo(command);
        machine.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            result.GetValue(address)!, () => TokenOf(result.GetValue(token), result.GetValue(tokenFile)),
            result.GetValue(role) == JoinRequest.NodeOnly,
            isNode => [.. isNode ? member.ReadOfNode(result) : member.Read(result), .. machine.Read(result)],
            result.GetValue(prepareOnly), cancellation));
        return command;
    }

    /// <summary>A role, by its name or by what 'orchestrator members' shows of such a member.</summary>
    public static Option<string> Role(string description) => new("--role")
    {
        Description = description,
        DefaultValueFactory = _ => JoinRequest.Control,
        CustomParser = result => result.Tokens is [{ Value: var given }] && RoleOf(given) is { } role
            ? role
            : Unknown(result),
    };

    private static string? RoleOf(string given) => given switch
    {
        JoinRequest.Control or Membership.Roles => JoinRequest.Control,
        JoinRequest.NodeOnly => JoinRequest.NodeOnly,
        _ => null,
    };

    private static string? Unknown(ArgumentResult result)
    {
        result.AddError($"--role {string.Join(' ', result.Tokens)}: there is no such role; control and node are some");
        return null;
    }

    private static async Task<int> RunAsync(
        string address, Func<JoinToken> token, bool isNode,
        Func<bool, IReadOnlyList<(string Path, string Value)>> read, bool prepareOnly, CancellationToken cancellation)
    {
        try
        {
            var given = read(isNode);
            var (server, word) = (ServerOf(address), token());
            var done = isNode
                ? await new NodeJoiner(server, word, given).PrepareAsync(cancellation)
                : await new Joiner(server, word, given).PrepareAsync(cancellation);
            Console.Error.WriteLine($"orchestrator: {done}");
            return prepareOnly
                ? 0
                : await MachineOptions.RunAsync(
                    () => ServerSettings.Load(null, given), isNode ? RemoteNode.RunAsync : Server.RunAsync,
                    cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure) when (Server.IsExplained(failure))
        {
            return Failures.Show(failure);
        }
    }

    /// <exception cref="ServerStartException">It names no server.</exception>
    public static Uri ServerOf(string address, int port = ApiPort)
    {
        var text = address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? address : $"https://{address}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server is not { PathAndQuery: "/", UserInfo: "" })
        {
            throw new ServerStartException(
                $"ADDRESS: \"{address}\" names no server: such as 10.0.0.1 or 10.0.0.1:{ApiPort}");
        }

        // A URL's own default port is 443, which is meant only by who writes it.
        return server.IsDefaultPort && !address.TrimEnd('/').EndsWith(":443", StringComparison.Ordinal)
            ? new UriBuilder(server) { Port = port }.Uri
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
            throw new ServerStartException($"--token-file: {FailureWords.Of(failure)}", failure);
        }
    }
}
