"""Breadth first through every world that can be reached, for all pools of a family at once.

A world is worked on for the set of pools in which it was reached. A move is performed for one of them; what came of it
holds for all that agree with it, and so on until none is left. So each step is taken once for each way in which pools
can differ in it, however many pools there are, and the search ends when no world is reached in a pool that it was not
reached in before.

Once something has come between the user and the goal (a fault, a crash, an administrator, another browser, a changed
account), the walk is disturbed: from then on the user answers rightly, and nothing else comes between. How often each
thing that can come between is tried is told in `tried`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from attrs import define, field, frozen

from flowengine.explore.family import Family, Pools
from flowengine.explore.moves import Move, Offer, deaths, goes_back, interventions, troubles, user_moves, waits
from flowengine.explore.people import Person, people
from flowengine.explore.performance import Performance
from flowengine.explore.stage import Stage
from flowengine.explore.tried import Everywhere, OneSpeaksForAll, Tried
from flowengine.explore.world import World, told_apart

__all__ = ["Arrival", "Node", "Run", "Search"]

CALM: frozenset[str] = frozenset({"send", "wait"})
"""The moves that disturb nothing."""


@frozen(eq=False)
class Arrival:
    """
    How a world was reached for the first time in some pools.

    Args:
        pools: The pools.
        source: The world before; None for the first one.
        move: The move that led here.
        calm: Whether undisturbed.
    """

    pools: Pools
    source: Node | None
    move: Move | None
    calm: bool


@define(eq=False)
class Node:
    """
    A world that can be reached.

    Args:
        world: The world.
        index: The pool that it was reached in first.
        reached: The pools in which it is reached.
        calm: Those in which it is reached undisturbed.
        arrivals: How.
        runs: What came of each move.
    """

    world: World = field(repr=False)
    index: int
    reached: Pools = 0
    calm: Pools = 0
    arrivals: list[Arrival] = field(factory=list)
    runs: dict[Move, list[Run]] = field(factory=dict)
    offers: list[tuple[Pools, Offer]] = field(factory=list)
    waiting: Pools = 0
    waiting_calm: Pools = 0


@frozen(eq=False)
class Run:
    """
    What came of one move in one world.

    Args:
        index: The pool that it was performed for.
        pools: The pools that go the same way, if the world is reached in them.
        target: The world that it leads to.
        performance: What came of it.
    """

    index: int
    pools: Pools
    target: Node
    performance: Performance


class Search:
    """
    Explores a family of pools.

    Args:
        family: The family.
        stage: Where moves are performed.
        crowd: Who walks; None for everybody.
        tried: How often what can come between is tried.

    Attributes:
        open: The pools that are still explored.
        nodes: Every world that was reached, by the facts that matter.
        steps: How many moves were performed.
        persons: For each person, the pools that hold such a user.
        beginnings: The worlds that each person begins in, with the pools.
    """

    def __init__(
        self, family: Family, stage: Stage, crowd: Iterable[Person] | None = None, tried: Tried | None = None
    ) -> None:
        self.family = family
        self.stage = stage
        self.open = family.everything
        self.nodes: dict[Hashable, Node] = {}
        self.persons: dict[Person, Pools] = {}
        self.beginnings: list[tuple[Person, Node, Pools]] = []
        self.steps = 0
        self._crowd = people() if crowd is None else tuple(crowd)
        self._queue: deque[Node] = deque()
        self._tried = tried or (OneSpeaksForAll() if len(family.pools) > 1 else Everywhere())
        self._sets: dict[Pools, Pools] = {}

    def run(self, progress: Callable[[int, int], None] = lambda _done, _open: None) -> None:
        """
        Explore until no new world appears.

        Args:
            progress: Called now and then with the number of worlds that were worked on, and that still wait.
        """
        for person in self._crowd:
            self._begin(person)
        self.go_on(progress)

    def go_on(self, progress: Callable[[int, int], None] = lambda _done, _open: None) -> None:
        """Explore whatever waits, until no new world appears."""
        done = 0
        while self._queue:
            self._explore(self._queue.popleft())
            done += 1
            progress(done, len(self._queue))

    def go_back(self, node: Node, pools: Pools) -> bool:
        """Begin anew from a challenge in some pools, and tell whether that was new."""
        before = self.steps
        for offer, shared in self._offers(node, pools):
            for move in user_moves(node.world, offer):
                if move.answer.manner == "right" and goes_back(move, offer):
                    self._perform(node, move, shared, node.calm)
        return self.steps > before

    def path(self, node: Node, index: int) -> tuple[Person, list[Move]]:
        """Return who comes to a world in one of the pools in which it is reached, by as few moves as were found."""
        moves: list[Move] = []
        while True:
            calm = node.calm >> index & 1
            arrival = next(one for one in node.arrivals if one.pools >> index & 1 and one.calm == calm)
            if arrival.source is None or arrival.move is None:
                break
            moves.append(arrival.move)
            node = arrival.source
        person = next(one for one, first, pools in self.beginnings if first is node and pools >> index & 1)
        return person, moves[::-1]

    def _begin(self, person: Person) -> None:
        left = self.family.everything
        for path, holds in person.needs():
            left &= self.family.where(path, holds)
        self.persons[person] = 0
        while left:
            index = _first(left)
            performance = self.stage.begin(person, index)
            if performance is None:
                left &= ~self.stage.refusing()
                continue
            pools = left & performance.agreeing
            left &= ~pools
            self.persons[person] |= pools
            node = self._node(performance.reached, index)
            self.beginnings.append((person, node, pools))
            self._arrive(node, pools, None, None, calm=True)

    def _explore(self, node: Node) -> None:
        pools, calm = node.waiting & self.open, node.waiting_calm & self.open
        node.waiting = node.waiting_calm = 0
        wanted: dict[Move, Pools] = defaultdict(int)
        once = set[Move]()
        for offer, shared in self._offers(node, pools):
            for move in (*user_moves(node.world, offer), *waits(node.world)):
                wanted[move] |= shared if move.answer.manner == "right" else shared & calm
                if goes_back(move, offer):
                    once.add(move)
        for move, wanting in wanted.items():
            (self._perform_once if move in once else self._perform)(node, move, wanting, calm)
        for offer, shared in self._offers(node, calm):
            self._disturb(node, offer, shared)

    def _offers(self, node: Node, pools: Pools) -> Iterator[tuple[Offer, Pools]]:
        """Yield what the user is offered, with the pools for which it is that."""
        left = pools
        while left:
            known = next(((agreeing, offer) for agreeing, offer in node.offers if agreeing & left), None)
            if known is None:
                offer, agreeing = self.stage.offer(node.world, _first(left))
                known = agreeing, offer
                node.offers.append(known)
            shared = left & known[0]
            left &= ~shared
            yield known[1], shared

    def _disturb(self, node: Node, offer: Offer, pools: Pools) -> None:
        """Let something come between, where it was not tried yet."""
        for move, run in self._right(node, offer, pools):
            shared, performance = run.pools & pools, run.performance
            self._cut_short(node, move, deaths(move, performance.suspensions), shared)
            calls, suspensions = range(len(performance.calls)), range(performance.suspensions)
            self._try(node, troubles(move, tuple(calls), tuple(suspensions)), shared)
        self._try(node, interventions(node.world, offer, {}), pools)

    def _right(self, node: Node, offer: Offer, pools: Pools) -> Iterator[tuple[Move, Run]]:
        """Yield the right answers that were given in some of the pools, each with what came of it there."""
        for move, runs in list(node.runs.items()):
            right = move.kind == "send" and move.answer.manner == "right" and move.event in offer.events
            if right and (self._tried.anew or not goes_back(move, offer)):
                yield from ((move, run) for run in list(runs) if run.pools & pools)

    def _try(self, node: Node, moves: Iterable[Move], pools: Pools) -> None:
        for move, fresh in self._tried.fresh(node.world, moves, pools).items():
            self._perform(node, move, fresh, 0)

    def _cut_short(self, node: Node, move: Move, crashes: Sequence[Move], pools: Pools) -> None:
        """Let the process die at each suspension point of a send."""
        left = 0
        for fresh in self._tried.fresh(node.world, crashes, pools).values():
            left |= fresh
        while left:
            self.steps += 1
            index = _first(left)
            died = self.stage.perform(node.world, move, index, cuts=True)
            shared = left & died.agreeing
            left &= ~shared
            for crash, world in zip(crashes, died.cuts, strict=True):
                self._arrive(self._node(world, index), shared, node, crash, calm=False)

    def _perform_once(self, node: Node, move: Move, pools: Pools, calm: Pools) -> None:
        """Take a move where one pool may speak for all."""
        self._perform(node, move, self._tried.speaking(pools, taken=move in node.runs), calm)

    def _perform(self, node: Node, move: Move, pools: Pools, calm: Pools) -> None:
        """Take a move in some pools, in some of which the walk is undisturbed."""
        left = pools & self.open
        if not left:
            return
        runs = node.runs.setdefault(move, [])
        for run in runs:
            shared = left & run.pools
            if shared:
                left &= ~shared
                self._take(node, move, run, shared, calm)
        while left:
            index = _first(left)
            run = self._performed(node, move, index)
            runs.append(run)
            shared = left & run.pools
            left &= ~shared
            self._take(node, move, run, shared, calm)

    def _performed(self, node: Node, move: Move, index: int) -> Run:
        performance = self.stage.perform(node.world, move, index)
        self.steps += 1
        target = self._node(performance.reached, index)
        return Run(index, performance.agreeing, target, performance.without_worlds())

    def _take(self, node: Node, move: Move, run: Run, pools: Pools, calm: Pools) -> None:
        """Arrive where a move leads in some pools."""
        if move.kind in CALM:
            self._arrive(run.target, pools & calm, node, move, calm=True)
        self._arrive(run.target, pools, node, move, calm=False)

    def _node(self, world: World, index: int) -> Node:
        key = told_apart(world)
        node = self.nodes.get(key)
        if node is None:
            node = self.nodes[key] = Node(world, index)
        return node

    def _arrive(self, node: Node, pools: Pools, source: Node | None, move: Move | None, *, calm: bool) -> None:
        fresh, newly_calm = pools & ~node.reached, pools & ~node.calm if calm else 0
        if not (fresh or newly_calm):
            return
        node.arrivals.append(Arrival(self._set(newly_calm if calm else fresh), source, move, calm))
        if not node.waiting:
            self._queue.append(node)
        node.reached = self._set(node.reached | fresh)
        node.calm = self._set(node.calm | newly_calm)
        node.waiting |= fresh | newly_calm
        node.waiting_calm |= newly_calm

    def _set(self, pools: Pools) -> Pools:
        """Return the one object that equal sets share: they are large, and kept with every world."""
        return self._sets.setdefault(pools, pools)


def _first(pools: Pools) -> int:
    return (pools & -pools).bit_length() - 1
