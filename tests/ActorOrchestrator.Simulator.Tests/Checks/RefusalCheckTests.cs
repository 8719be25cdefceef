using ActorOrchestrator.Api;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Tests.Checks;

/// <summary>Requests that must be refused: stale writes and bad input.</summary>
public sealed class RefusalCheckTests
{
    private const string Path = "/api/v1/namespaces/default/configmaps";

    [Theory]
    [InlineData(409)]
    [InlineData(404)]
    [InlineData(0)]
    [InlineData(504)]
    public void A_stale_write_may_be_refused_or_lost(int code)
    {
        using var world = new CheckWorld(new StaleWriteCheck());
        world.Create(CheckWorld.Map("a", "1"));
        world.Ask("PUT", $"{Path}/a", code, "", CheckWorld.Map("a", "stale"), Intent.StaleWrite);
        world.Replace(CheckWorld.Map("a", "2"));
    }

    [Fact]
    public void A_stale_write_is_not_accepted()
    {
        using var world = new CheckWorld(new StaleWriteCheck());
        world.Refuses(
            _ => world.Ask("PUT", $"{Path}/a", 200, "", CheckWorld.Map("a", "stale"), Intent.StaleWrite), "409");
    }

    [Fact]
    public void A_stale_write_changes_nothing_even_if_its_answer_is_lost()
    {
        using var world = new CheckWorld(new StaleWriteCheck());
        world.Create(CheckWorld.Map("a", "1"));
        world.Ask("PUT", $"{Path}/a", 0, "", CheckWorld.Map("a", "stale"), Intent.StaleWrite);
        world.Refuses(_ => world.Replace(CheckWorld.Map("a", "stale")), "configmaps/default/a", "stale");
    }

    [Fact]
    public void Bad_input_gets_a_status_that_names_the_field()
    {
        using var world = new CheckWorld(new BadInputCheck());
        world.Ask("POST", Path, 422, Invalid("metadata.name"), "{\"metadata\":{\"name\":\"Bad\"}}", Intent.BadInput);
        world.Ask("POST", Path, 400, Refusal(400, "BadRequest"), "{", Intent.BadInput);
    }

    [Fact]
    public void Bad_input_is_not_accepted() => Refused(
        world => world.Ask("POST", Path, 201, CheckWorld.Map("a", "1"), "{", Intent.BadInput), "accepted");

    [Fact]
    public void Bad_input_changes_nothing() => Refused(
        world =>
        {
            world.Ask("POST", Path, 0, "", CheckWorld.Map("bad", "1"), Intent.BadInput);
            world.Create(CheckWorld.Map("bad", "1"));
        },
        "configmaps/default/bad");

    [Fact]
    public void A_field_is_named() => Refused(
        world => world.Ask("POST", Path, 422, Refusal(422, "Invalid"), "{", Intent.BadInput), "name the field");

    [Fact]
    public void A_refusal_is_a_whole_status() => Refused(
        world => world.Ask("GET", Path, 404, Refusal(404, "NotFound") with { Reason = null }), "no whole Status");

    [Fact]
    public void A_refusal_is_a_status_at_all() => Refused(
        world => world.Ask("GET", Path, 404, "not found"), "no Status");

    [Fact]
    public void A_defect_is_told() => Refused(
        world => world.Ask("GET", Path, 500, Refusal(500, "InternalError")), "defect");

    private static void Refused(Action<CheckWorld> history, string named)
    {
        using var world = new CheckWorld(new BadInputCheck());
        world.Refuses(history, named);
    }

    private static Status Refusal(int code, string reason) => Statuses.Failure(code, reason, "a message");

    private static Status Invalid(string field) => Refusal(422, "Invalid") with
    {
        Details = new StatusDetails { Causes = [new StatusCause { Field = field, Message = "no" }] },
    };
}
