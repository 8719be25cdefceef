using System.CommandLine;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Options of commands, and what they may be.</summary>
public sealed class OptionTests
{
    [Theory]
    [InlineData("simulate --members 0")]
    [InlineData("simulate --members abc")]
    [InlineData("simulate --nodes 0")]
    [InlineData("simulate --hours -1")]
    [InlineData("simulate --parallel 0")]
    [InlineData("bench journal --rounds 0")]
    [InlineData("bench scale --pods 0")]
    public void An_option_out_of_its_bounds_is_refused_before_the_command_begins(string line)
    {
        var parts = line.Split(' ');
        var command = parts[0] == "bench" ? BenchCommand.Create() : SimulateCommand.Create();
        var errors = command.Parse(parts[1..]).Errors;
        Assert.Contains(parts[^2], Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create --ttl soon", "--ttl soon")]
    [InlineData("create --ttl -1h", "--ttl -1h")]
    [InlineData("create --ttl 99999d", "--ttl 99999d")]
    [InlineData("create --role worker", "there is no such role")]
    [InlineData("revoke abc", "orchestrator token list")]
    [InlineData("revoke ABCDEF", "orchestrator token list")]
    public void What_is_no_role_time_or_id_of_a_token_is_told(string line, string expected) => Assert.Contains(
        expected, Assert.Single(TokenCommand.Create().Parse(line.Split(' ')).Errors).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("", "control")]
    [InlineData("--role control", "control")]
    [InlineData("--role control,node", "control")]
    [InlineData("--role node", "node")]
    public void A_role_may_be_named_as_members_are_shown(string line, string role)
    {
        var option = JoinCommand.Role("");
        var command = new Command("join") { option };
        var parsed = command.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(parsed.Errors);
        Assert.Equal(role, parsed.GetValue(option));
    }

    [Theory]
    [InlineData("90s", 90, "90s")]
    [InlineData("30m", 1800, "30m")]
    [InlineData("24h", 86400, "24h")]
    [InlineData("7d", 604800, "7d")]
    [InlineData("0", 0, "expired")]
    public void A_time_to_live_is_read_and_shown(string text, int seconds, string shown)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), TimeToLive.Parse(text));
        Assert.Equal(shown, TimeToLive.Show(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("deployment-scale")]
    [InlineData("deployment-scale#0")]
    [InlineData("nonsense#1")]
    public void A_happening_that_a_run_does_not_have_is_no_choice(string name)
    {
        var options = SimulationOptions.Draw(7) with { Only = new HashSet<string> { name } };
        Assert.StartsWith(name, options.OnlyProblem, StringComparison.Ordinal);
        var known = SimulationOptions.Draw(7).Operations.First().Key;
        Assert.Null((options with { Only = new HashSet<string> { $"{known}#1" } }).OnlyProblem);
    }
}
