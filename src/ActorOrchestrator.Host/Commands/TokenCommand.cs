using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Joining;
using ActorOrchestrator.Gateway.Security;
using ActorOrchestrator.Host.Clients;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator token</c>: the tokens by which machines join.</summary>
internal static class TokenCommand
{
    private const string Collection = $"/api/v1/namespaces/{BootstrapToken.Namespace}/secrets";
    private const string ApiEndpoints = "/api/v1/namespaces/default/endpoints/kubernetes";

    public static Command Create() => new("token", "Make, show and revoke the tokens by which machines join the "
        + "cluster ('orchestrator join'). They are kept as Secrets bootstrap-token-ID in kube-system.")
    {
        CreateCommand(), ListCommand(), RevokeCommand(),
    };

    private static Command CreateCommand()
    {
        var role = JoinCommand.Role("What machines join as: control, a member of the control plane with a node; node, "
            + "a machine that only runs pods.");
        var ttl = new Option<string>("--ttl")
        {
            Description = "How long it holds, such as 30m, 24h or 7d; 0: for ever.",
            DefaultValueFactory = _ => "24h",
        };
        ttl.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var given }] && TimeToLive.Parse(given) is null)
            {
                result.AddError($"--ttl {given}: a time such as 30m, 24h or 7d is expected, or 0 for ever");
            }
        });
        var description = new Option<string>("--description")
        {
            Description = "What it is for, to be seen in the list.", DefaultValueFactory = _ => "",
        };
        var printCommand = new Option<bool>("--print-join-command")
        {
            Description = "Print the whole command that joins a machine, not the token alone.",
        };
        var cluster = new ClusterOptions();
        var command = new Command("create", "Make a token and print it: one word, which any number of machines may "
            + "join with until it expires or is revoked. Whoever has one for control can get the keys of the cluster; "
            + "with one for node a machine gets its own certificate only.")
        {
            role, ttl, description, printCommand,
        };
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var token = new BootstrapToken(Draw(BootstrapToken.IdLength), Draw(BootstrapToken.SecretLength));
            var lifetime = TimeToLive.Parse(result.GetValue(ttl)!)!.Value;
            var end = lifetime == TimeSpan.Zero ? (DateTimeOffset?)null : TimeProvider.System.GetUtcNow() + lifetime;
            var secret = token.ToSecret(result.GetValue(role)!, end, result.GetValue(description)!);
            await api.PostAsync(Collection, KubeJson.Encode(secret), cancellation);
            var word = new JoinToken(token, await PinAsync(api, cancellation)).Text;
            Console.WriteLine(result.GetValue(printCommand)
                ? $"orchestrator join {await AddressAsync(api, cancellation)} --token {word}"
                    + (result.GetValue(role) == JoinRequest.Control ? "" : $" --role {result.GetValue(role)}")
                : word);
            return 0;
        }));
        return command;
    }

    private static Command ListCommand()
    {
        var cluster = new ClusterOptions();
        var command = new Command("list", "Show the tokens that there are, without their secrets.");
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var list = await api.GetAsync(
                $"{Collection}?fieldSelector=type%3D{Uri.EscapeDataString(BootstrapToken.SecretType)}", cancellation);
            var now = TimeProvider.System.GetUtcNow();
            Console.Write(Columns.Of(
                ["ID", "ROLE", "TTL", "EXPIRES", "DESCRIPTION"],
                Known(list!.Value).Select(known => Row(known, now))));
            return 0;
        }));
        return command;
    }

    private static Command RevokeCommand()
    {
        var id = new Argument<string>("ID") { Description = "The token's id: its first six letters and digits." };
        id.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var given }] && !IsId(IdOf(given)))
            {
                result.AddError("ID: the first six letters and digits of a token are expected "
                    + "('orchestrator token list' shows them)");
            }
        });
        var cluster = new ClusterOptions();
        var command = new Command("revoke", "Take a token back: nobody joins with it from now on. Machines that have "
            + "joined with it stay.") { id };
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var known = IdOf(result.GetValue(id)!);
            if (!await api.DeleteAsync($"{Collection}/{BootstrapToken.NameOf(known)}", cancellation))
            {
                return Failures.Show(
                    $"there is no token {known}: it has expired, or was revoked ('orchestrator token list')");
            }

            Console.WriteLine($"revoked {known}");
            return 0;
        }));
        return command;
    }

    /// <summary>Whoever pastes the whole token means its id.</summary>
    private static string IdOf(string given) => given.Split('.')[0];

    private static bool IsId(string id) =>
        id.Length == BootstrapToken.IdLength && BootstrapToken.IsOfAlphabet(id);

    private static IEnumerable<BootstrapToken.Known> Known(JsonElement list) => list.GetProperty("items")
        .EnumerateArray().Select(item => KubeJson.Read<Secret>(System.Text.Encoding.UTF8.GetBytes(item.GetRawText())))
        .Select(BootstrapToken.Read).OfType<BootstrapToken.Known>();

    private static string[] Row(BootstrapToken.Known known, DateTimeOffset now)
    {
        var isForever = known.Expiration == DateTimeOffset.MaxValue;
        return
        [
            known.Token.Id,
            string.Join(',', BootstrapToken.RolesOf(known.Groups)) is { Length: > 0 } roles ? roles : "<none>",
            isForever ? "<forever>" : TimeToLive.Show(known.Expiration - now),
            isForever ? "<never>" : $"{known.Expiration.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
            known.Description,
        ];
    }

    /// <summary>Where another machine reaches the API: as the cluster shows it, or as this kubeconfig says.</summary>
    private static async Task<string> AddressAsync(ApiConnection api, CancellationToken cancellation)
    {
        var endpoints = await api.GetAsync(ApiEndpoints, cancellation);
        var subset = endpoints is { } found && found.TryGetProperty("subsets", out var subsets)
            && subsets.GetArrayLength() > 0 ? subsets[0] : (JsonElement?)null;
        return subset is { } first && IPAddress.TryParse(
            first.GetProperty("addresses")[0].GetProperty("ip").GetString(), out var address)
            ? new IPEndPoint(address, first.GetProperty("ports")[0].GetProperty("port").GetInt32()).ToString()
            : api.Server.Authority;
    }

    /// <summary>Of the authority that signs: while it is exchanged, machines that join meet no certificates of the
    /// other one.</summary>
    private static async Task<string> PinAsync(ApiConnection api, CancellationToken cancellation) =>
        AuthorityPin.Of(AuthorityBundle.Parse(await api.GetTextAsync(OpenPaths.JoinAuthority, cancellation)).Signer);

    private static string Draw(int length) =>
        new(RandomNumberGenerator.GetItems<char>(BootstrapToken.Alphabet, length));
}
