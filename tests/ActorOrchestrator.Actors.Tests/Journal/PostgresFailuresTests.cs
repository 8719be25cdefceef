using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Journal.Postgres;

namespace ActorOrchestrator.Actors.Tests.Journal;

/// <summary>Which database cannot be reached, and why, without a server.</summary>
public sealed class PostgresFailuresTests
{
    [Theory]
    [InlineData("Host=db.invalid", "no address is found for the name of the database's host, db.invalid:5432: ")]
    [InlineData("Host=127.0.0.1;Port=1", "the database at 127.0.0.1:1 cannot be reached: the connection was refused")]
    public async Task It_is_said_which_database_it_is(string place, string words)
    {
        using var members = new PostgresMembers($"{place};Username=u;Password=p;Database=d");
        var failure = await Assert.ThrowsAsync<JournalException>(
            () => members.ReadAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith(words, failure.Message, StringComparison.Ordinal);
    }
}
