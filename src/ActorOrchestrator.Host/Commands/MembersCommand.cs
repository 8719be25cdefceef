using System.CommandLine;
using System.Text.Json;
using ActorOrchestrator.Gateway.Joining;

namespace ActorOrchestrator.Host.Commands;

/// <summary><c>orchestrator members</c>, and <c>orchestrator remove</c> for those that are lost.</summary>
internal static class MembersCommand
{
    public const string Path = "/members";

    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var command = new Command("members", "Show the members of the control plane: where they are, whether they are "
            + "heard of (Up), were lost (Down) or stopped (Left), and since when.");
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var list = await api.GetAsync(Path, cancellation);
            Console.Write(Columns.Of(
                ["ADDRESS", "ROLES", "STATUS", "NODE", "VERSION", "SINCE"],
                Read(list!.Value).Select(member => new[]
                {
                    member.Address, member.Roles, member.Status, member.Node, member.Version.TrimStart('v'),
                    $"{member.Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
                })));
            return 0;
        }));
        return command;
    }

    public static Command CreateRemove()
    {
        var name = new Argument<string>("NAME") { Description = "The name of the member's node, or its address." };
        var cluster = new ClusterOptions();
        var command = new Command("remove", "Forget a member that is lost for good: its membership, its Node, and with "
            + "it what ran there. One that lives is refused: 'orchestrator leave' on its machine takes it out.")
        {
            name,
        };
        cluster.AddTo(command);
        command.SetAction((result, cancellation) => cluster.RunAsync(result, async (_, api) =>
        {
            var removed = result.GetValue(name)!;
            await api.DeleteOrRefuseAsync($"{Path}/{Uri.EscapeDataString(removed)}", cancellation);
            Console.WriteLine($"removed {removed}");
            return 0;
        }));
        return command;
    }

    public static IReadOnlyList<MemberInfo> Read(JsonElement list) =>
        list.GetProperty("items").Deserialize<List<MemberInfo>>(JsonSerializerOptions.Web) ?? [];
}
