using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Actors.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;

namespace ActorOrchestrator.Simulator.Tests.Checks;

public sealed class FencingCheckTests : IDisposable
{
    private const string Id = "configmaps/default/a";

    private readonly FencingCheck _check = new();
    private readonly CheckWorld _world;

    public FencingCheckTests() => _world = new CheckWorld(_check);

    public void Dispose() => _world.Dispose();

    [Fact]
    public void A_history_without_gap_is_fine()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        _world.Replace(CheckWorld.Map("a", "2"));
        _world.Create(CheckWorld.Map("b", "1"));
    }

    [Fact]
    public void Rows_have_no_gap()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        _world.Refuses(world => world.Write(Id, 3, Entry("2")), Id, "row 3 after 1");
    }

    [Fact]
    public void Who_has_not_seen_the_row_before_does_not_write()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        _world.Replace(CheckWorld.Map("a", "2"));
        var entry = Entry("3");
        _world.World.Tables.NoteSeen(entry, 1);
        _world.Refuses(world => world.Write(Id, 3, entry), Id, "row 3", "up to row 1");
    }

    [Fact]
    public void Who_broke_the_history_is_told_before_anybody_judges_by_it()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        var entry = Entry("2");
        _world.World.Tables.NoteSeen(entry, 0);
        var isJudged = false;
        _world.World.Truth.Changed += (_, _) => isJudged = true;
        _world.Refuses(world => world.Write(Id, 2, entry), Id, "up to row 0");
        Assert.False(isJudged);
    }

    [Fact]
    public void A_namesake_of_what_was_removed_begins_anew()
    {
        _world.Create(CheckWorld.Map("a", "1"));
        var last = _world.Delete(CheckWorld.Map("a", "1"));
        _world.World.Tables.Trim(last, [Id]);
        _world.Create(CheckWorld.Map("a", "2"));
    }

    private static JournalEntry Entry(string value)
    {
        IReadOnlyList<DomainEvent> events = [new ObjectReplaced(CheckWorld.Map("a", value))];
        return new JournalEntry("configmaps", events, EntryFormat.Encode("configmaps", events));
    }
}
